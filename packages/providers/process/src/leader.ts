/**
 * The leader of a process: a shell that leads a session of its own, starts the command, and tells how it ended. It works
 * for a Muster that has gone, so it depends on nothing of Muster's but this text, and what it is told comes in as its
 * arguments. Tools are looked for where the system has them, and never on the PATH that the command is given.
 */
import { STOP_SIGNALS } from "./properties.ts";

const TRAPPED = STOP_SIGNALS.map((signal) => signal.slice("SIG".length)).join(" ");

const EXPLAINED = `
# Where ends are told, the directory of this process, its id, the file by which one comes under the memory limit, the
# limits (each empty where there is none), and then the command with its arguments. A variable that has come in from the
# environment goes on to the command, so these have names that nobody else may declare.
muster_ends=$1 muster_home=$2 muster_id=$3 muster_memory=$4 muster_files=$5 muster_processes=$6 muster_core=$7
shift 7

# Whoever ends the whole session must not end the one that is to tell about it. Unlike one that is ignored, a signal that
# is caught is the command's own again.
trap : ${TRAPPED}

# What the command prints goes through a pipe (written through 3, read through 4) that is no part of a pipeline: whoever
# keeps it open holds up nobody else. Many shells keep an empty text like this one in a pipe, and Linux lets its other end be
# opened: so no program is needed, which would cost a third of the whole start. Where it is no pipe, it gets one with a name.
exec 4<<END
END
if [ -p /proc/self/fd/4 ] && true 2>/dev/null >/proc/self/fd/4; then
  exec 3>/proc/self/fd/4
else
  command -p mkfifo -m 600 "$muster_home/out" || exit 1
  exec 4<>"$muster_home/out" 3>"$muster_home/out" 4<"$muster_home/out"
fi

# From here on it counts as one that was there, also when nobody tells of its end.
true >"$muster_home/begun" || exit 1

# The writer of the log. It goes on until nobody is left who could print.
(
  trap '' ${TRAPPED}
  umask 077
  PATH=/usr/bin:/bin LC_ALL=C
  export PATH LC_ALL
  log=$muster_home/log have=0
  while :; do
    # Asked each time: they can be changed while it runs. Without the directory it goes on as before.
    read -r asked kept <"$muster_home/rotation" && size=$asked files=$kept
    if [ "$have" -ge "$size" ]; then
      at=$files
      while [ "$((at -= 1))" -gt 1 ]; do mv -f "$log.$((at - 1))" "$log.$at"; done
      if [ "$files" -gt 1 ]; then mv -f "$log" "$log.1"; else rm -f "$log"; fi
      have=0
    fi
    # dd writes what it has read at once, and never reads more than it is told to: nothing is lost between two of them.
    block=$((size - have))
    [ "$block" -le 4096 ] || block=4096
    count=$(((size - have) / block))
    # Where it cannot write there is no room: the next of it is lost until there is. The command is not held up.
    told=$(dd bs="$block" count="$count" 2>&1 >>"$log") || { count=1 told=$(dd bs=4096 count=1 2>&1 >/dev/null); }
    # It tells "12+3 records in": blocks that were full, and others. Fewer than it was to read: that was the end.
    read=\${told%% records in*}
    read=\${read##*[!0-9+]}
    [ "$((\${read:-0}))" -ge "$count" ] || break
    have=$(wc -c <"$log") || have=0
  done
  # Whoever quotes the last words of a process waits for this.
  true >"$muster_home/complete"
) <&4 >/dev/null 2>&1 3>&- 4<&- &
exec 4<&-

# The command, in the foreground: one in the background would not hear SIGINT and SIGQUIT.
(
  MUSTER_LEADER=$$
  export MUSTER_LEADER
  [ -z "$muster_memory" ] || echo 0 >"$muster_memory" || exit 126
  [ -z "$muster_files" ] || ulimit -n "$muster_files" || exit 126
  # Shells do not agree on the letter.
  [ -z "$muster_processes" ] || ulimit -u "$muster_processes" 2>/dev/null || ulimit -p "$muster_processes" || exit 126
  [ -z "$muster_core" ] || ulimit -c "$muster_core" || exit 126
  exec "$@"
) </dev/null >&3 2>&3 3>&-
code=$?

# How it ended is the name of an empty file: made in one step, without room on the disk, and when is the file's own time.
exec 3>&-
umask 077
[ -d "$muster_ends" ] || command -p mkdir "$muster_ends"
true >"$muster_ends/$muster_id.$code"
`;

/** The program that leads a session, and all that its arguments are made of. */
export interface Leader {
  readonly ends: string;
  readonly home: string;
  readonly id: string;
  /** Whoever writes a 0 into this file is under the memory limit. */
  readonly memoryEntrance: string | undefined;
  readonly limits: { readonly files?: number; readonly processes?: number; readonly core?: number };
  readonly command: readonly string[];
}

const SHELL = "/bin/sh";
const SCRIPT = EXPLAINED.replace(/^\s*(#.*)?\n/gm, "");
const CORE_BLOCK = 512;

export function leaderCommand({
  ends,
  home,
  id,
  memoryEntrance,
  limits,
  command,
}: Leader): readonly [string, ...string[]] {
  const { files, processes, core } = limits;
  const bounds = [files, processes, core === undefined ? undefined : Math.floor(core / CORE_BLOCK)];
  const told = bounds.map((bound) => (bound === undefined ? "" : String(bound)));
  return [SHELL, "-c", SCRIPT, "muster-process", ends, home, id, memoryEntrance ?? "", ...told, ...command];
}
