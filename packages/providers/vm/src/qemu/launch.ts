/** What a machine's process does before it becomes QEMU. */
import { ERRORS, EVENTS, KEYS, WORKSHOP, WORKSHOP_NUMBER } from "./files.ts";

const MOUTH = `${EVENTS}.in`;

const EXPLAINED = `
umask 077
cd "$1" || exit 126
shift
command -p mkfifo ${MOUTH} ${KEYS} || exit 126
# Each is opened for both: whoever opens one end of a pipe alone waits for the other, and an end that nobody holds is an end
# of everything that QEMU would hear.
exec 0<>${KEYS} 2>>${ERRORS} ${WORKSHOP_NUMBER}<${WORKSHOP} 9<>${MOUTH}
# Before this QEMU tells no events, and to what is answered one sees that it has begun.
echo '{"execute":"qmp_capabilities"}' >&9
exec "$@"
`;

const SCRIPT = EXPLAINED.replace(/^\s*(#.*)?\n/gm, "");

/** A shell that becomes the hypervisor, in the directory of its machine. */
export function launching(home: string, hypervisor: readonly string[]) {
  return { command: "/bin/sh", args: ["-c", SCRIPT, "muster-machine", home, ...hypervisor] };
}
