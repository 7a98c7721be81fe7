/** What a machine's process does before and after QEMU. */
import { ERRORS, EVENTS, EVENTS_FILE, RESTORING, SHELL, WORKSHOP, WORKSHOP_NUMBER } from "./files.ts";

const MOUTH = `${EVENTS}.in`;
const EARS = 9;
/** Where the mouth of the pipe of events is to lead, for whoever opens it within the hypervisor. */
export const MOUTH_LINK = { path: MOUTH, target: `/proc/self/fd/${EARS}` } as const;

const EXPLAINED = `
umask 077
cd "$1" || exit 126
# What a guest makes its hypervisor tell, or complain of, again and again fills no disk: beyond this nothing is written.
# Where less is allowed anyway, that stays.
trap '' XFSZ
ulimit -f "$2" 2>/dev/null
shift 2
echo $$ >${SHELL} || exit 126
# Many shells keep a text like these in a pipe, and Linux lets its other end be opened: so no program is needed, which would
# cost as much as all of this. Where it is no pipe, it gets one with a name. The keyboard is held open: an end that nobody
# holds is an end of everything that QEMU would hear.
exec 0<<END
END
if [ -p /proc/self/fd/0 ] && true 2>/dev/null >/proc/self/fd/0; then
  exec 7>/proc/self/fd/0
else
  command -p mkfifo keys || exit 126
  exec 0<>keys
fi
exec 2>>${ERRORS} ${WORKSHOP_NUMBER}<${WORKSHOP}
waits=
while :; do
  # Before the first of these QEMU tells no events; the second lets the guest begin, so that nothing of it is missed.
  exec ${EARS}<<END
{"execute":"qmp_capabilities"}{"execute":"cont"}
END
  if ! [ -p /proc/self/fd/${EARS} ]; then
    [ -p ears ] || command -p mkfifo ears || exit 126
    exec ${EARS}<>ears
    echo '{"execute":"qmp_capabilities"}{"execute":"cont"}' >&${EARS}
  fi
  "$@" $waits
  code=$?
  # One that is taken back to a snapshot has quit for that, begins anew, and waits for it.
  [ "$code" -eq 0 ] && [ -e ${RESTORING} ] || exit "$code"
  waits='-incoming defer'
  command -p mv -f ${EVENTS_FILE}.new ${EVENTS_FILE}
  command -p rm ${RESTORING}
done
`;

const SCRIPT = EXPLAINED.replace(/^\s*(#.*)?\n/gm, "");

/** In what shells count the sizes of files. */
const BLOCK = 512;

/**
 * A shell that runs the hypervisor in the directory of its machine, and ends as that does.
 *
 * @param largest bytes of the largest file that the hypervisor has to write
 */
export function launching(home: string, hypervisor: readonly string[], largest: number) {
  const blocks = String(Math.ceil(largest / BLOCK));
  return { command: "/bin/sh", args: ["-c", SCRIPT, "muster-machine", home, blocks, ...hypervisor] };
}
