/** What lies in the directory of a machine besides what its process has there. */

/** Where QEMU is told things, one listener at a time. */
export const QMP_SOCKET = "qmp.sock";

/** QEMU's pipe of events: `.in` leads to the pipe that opens its mouth, `.out` is the file into which it speaks. */
export const EVENTS = "events";
export const EVENTS_FILE = `${EVENTS}.out`;
/** What is not written yet of the file of events: room for the first of them, which must not be lost where a disk is full. */
export const ROOM_FOR_EVENTS = Buffer.alloc(4096);

/** The number of the shell above QEMU: what is written into its input is typed on the console. */
export const SHELL = "shell";

/** What QEMU complains of. */
export const ERRORS = "errors";

/** What the guest finds as `opt/muster/env`; secrets are in it. */
export const ENVIRONMENT = "env";

/** The only place where a QEMU that has a user of its own may make files. It holds it open under this number. */
export const WORKSHOP = "work";
export const WORKSHOP_NUMBER = 8;
/** The same place, as QEMU itself reaches it: the way to it is closed to its user. */
export const WORKSHOP_WITHIN = `/proc/self/fd/${WORKSHOP_NUMBER}`;

/** Snapshots, each a file of this directory. */
export const SNAPSHOTS = "snapshots";

/** While this is there, an end of QEMU is a new beginning. */
export const RESTORING = "restoring";
