/** What a machine's process does before and after QEMU. */
import { ERRORS, EVENTS, EVENTS_FILE, KEYS, RESTORING, WORKSHOP, WORKSHOP_NUMBER } from "./files.ts";

const MOUTH = `${EVENTS}.in`;

const EXPLAINED = `
umask 077
cd "$1" || exit 126
shift
command -p mkfifo ${MOUTH} ${KEYS} || exit 126
# Each is opened for both: whoever opens one end of a pipe alone waits for the other, and an end that nobody holds is an end
# of everything that QEMU would hear.
exec 0<>${KEYS} 2>>${ERRORS} ${WORKSHOP_NUMBER}<${WORKSHOP} 9<>${MOUTH}
waits=
while :; do
  # Before the first of these QEMU tells no events; the second lets the guest begin, so that nothing of it is missed.
  echo '{"execute":"qmp_capabilities"}{"execute":"cont"}' >&9
  "$@" $waits
  code=$?
  # One that is taken back to a snapshot begins anew, and waits for it.
  [ -e ${RESTORING} ] || exit "$code"
  waits='-incoming defer'
  command -p mv -f ${EVENTS_FILE}.new ${EVENTS_FILE}
  command -p rm ${RESTORING}
done
`;

const SCRIPT = EXPLAINED.replace(/^\s*(#.*)?\n/gm, "");

/** A shell that runs the hypervisor in the directory of its machine, and ends as that does. */
export function launching(home: string, hypervisor: readonly string[]) {
  return { command: "/bin/sh", args: ["-c", SCRIPT, "muster-machine", home, ...hypervisor] };
}
