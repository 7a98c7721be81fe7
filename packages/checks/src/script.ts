/**
 * All that must be known of a target, as one POSIX sh script. Its answer is parted by lines that begin with a boundary
 * nobody there can foresee; `answers.ts` reads it. It is read by dash, busybox and bash, and starts no process per check
 * but for contents of files, links, disks and commands.
 */
import { ASKS, type Ask, type Needs, type RunQuestion } from "./facts.ts";

/** The bytes of a content that are read. */
export const MOST_CONTENT = 65_536;
/** Tables of the kernel can be longer. */
export const MOST_TABLE = 4_194_304;

export function mostOf(path: string): number {
  return path.startsWith("/proc/") ? MOST_TABLE : MOST_CONTENT;
}

/** The sections of an answer, in their order: a question by its number, or all questions of an ask from a number on. */
export interface Section {
  readonly ask: Ask;
  readonly of: readonly string[];
}

/** So many subjects go into one command line: a system takes 128 KiB in one, at the very least. */
const MOST_WORDS = 500;
const MOST_LETTERS = 60_000;

export function sectionsOf(needs: Needs): readonly Section[] {
  return ASKS.flatMap((ask): readonly Section[] => {
    const one = ask === "run" || ask === "read" || ask === "names";
    return (one ? needs[ask].map((of) => [of]) : chunks(needs[ask])).map((of) => ({ ask, of }));
  });
}

function chunks(words: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [];
  let letters = 0;
  for (const word of words) {
    const last = all.at(-1);
    letters += Buffer.byteLength(word) + 8;
    if (last !== undefined && last.length < MOST_WORDS && letters < MOST_LETTERS) last.push(word);
    else {
      all.push([word]);
      letters = Buffer.byteLength(word) + 8;
    }
  }
  return all;
}

/** What ends a section: what is said between it and the next belongs to nobody. */
const CLOSED = ".";

/**
 * @param boundary of letters and digits, new for each script
 * @param timeoutMs for so long somebody waits for the answer: no program there reads a file for longer
 */
export function scriptOf(sections: readonly Section[], boundary: string, timeoutMs: number): string {
  const asked = sections.map(({ ask, of }, index) => `s ${index}\n${questionOf(ask, of)}\ns ${CLOSED}`);
  // As one block it is read whole before any of it is done, and nothing of it where it was cut off.
  return [
    "{",
    `b=${boundary} most=${secondsOf(timeoutMs)}`,
    PRELUDE,
    "s begin",
    ...asked,
    "s end",
    "exit 0",
    "}",
    "",
  ].join("\n");
}

function questionOf(ask: Ask, of: readonly string[]): string {
  switch (ask) {
    case "run":
      return of.map(runLine).join("\n");
    case "read":
      return of.map((path) => `q_read ${mostOf(path) + 1} ${quoted(path)}`).join("\n");
    case "processes":
    case "addresses":
      return `q_${ask}`;
    default:
      return `q_${ask} ${of.map(quoted).join(" ")}`;
  }
}

function runLine(asked: string): string {
  const { command, timeoutMs }: RunQuestion = JSON.parse(asked);
  const words = typeof command === "string" ? ["sh", "-c", command] : command;
  return `q_run ${secondsOf(timeoutMs)} ${words.map(quoted).join(" ")}`;
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

/** A text as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * `s` begins a section, on both streams. `gone` tells of a path why it was not seen: `m`, it is missing; `d`, a directory on
 * the way may not be searched, or it may not be read; `b`, it is a link that leads nowhere; `n`, it is no file. Of what is there but was not told of, the reader says so.
 * `in_time` tells on 3 how a command ended, and ends what it left behind in its group: whoever holds the output open would
 * hold up all that is asked after it. GNU's `timeout` makes such a group, for BusyBox's a session must do. That its time was
 * over is told by its exit code, which others have too, and the clock.
 */
const PRELUDE = `exec 5>&1 </dev/null
own=$PATH; LC_ALL=C; PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
s() { printf '\\n%s %s\\n' "$b" "$1"; printf '\\n%s %s\\n' "$b" "$1" >&2; }
gone() {
  if [ -e "$1" ]; then [ -r "$1" ] || printf 'd %s\\n' "$1"; return 0; fi
  if [ -L "$1" ]; then printf 'b %s\\n' "$1"; return 0; fi
  p=$1
  while [ -n "$p" ]; do
    p=\${p%/*}
    if [ -d "$p/" ]; then
      if [ -x "$p/" ]; then printf 'm %s\\n' "$1"; else printf 'd %s\\n' "$1"; fi
      return 0
    fi
  done
}
all_gone() { for f do gone "$f"; done; }
if stat -c %f / >/dev/null 2>&1; then st() { printf 'c\\n'; stat -c '%f %u %g %s %Y %n' "$@"; }
elif stat -f %Xp / >/dev/null 2>&1; then st() { printf 'c\\n'; stat -f '%Xp %u %g %z %m %N' "$@"; }
else st() { printf 'l\\n'; ls -ldn "$@"; }; fi
if printf x | head -c 1 >/dev/null 2>&1; then
  first() { head -c "$1"; }
  beginning() { within "$most" head -c "$1" <"$2"; }
else
  first() { dd bs=1 count="$1" 2>/dev/null; }
  beginning() { within "$most" dd bs=1 count="$1" <"$2" 2>/dev/null; }
fi
if timeout 5 true >/dev/null 2>&1 5>&-; then within() { timeout "$@"; }
else within() { shift; "$@"; }; fi
late=
q_stat() { st "$@" 2>/dev/null; all_gone "$@"; }
q_link() {
  for f do
    if [ ! -L "$f" ]; then gone "$f"
    elif command -v readlink >/dev/null 2>&1; then printf 'k %s\\n' "$f"; readlink "$f"
    else printf 'k %s\\n' "$f"; l=$(ls -ldn "$f"); printf '%s\\n' "\${l#*"$f -> "}"; fi
  done
}
q_read() {
  if [ -f "$2" ] && [ -r "$2" ]; then printf 'y'; beginning "$1" "$2" || s failed
  elif [ -e "$2" ] && [ ! -f "$2" ]; then printf 'n'
  else gone "$2"; fi
}
q_sum() {
  n=$#
  while [ "$n" -gt 0 ]; do
    f=$1; shift; n=$((n - 1))
    if [ -f "$f" ] && [ -r "$f" ]; then set -- "$@" "$f"
    elif [ -e "$f" ] && [ ! -f "$f" ]; then printf 'n %s\\n' "$f"
    else gone "$f"; fi
  done
  [ "$#" = 0 ] || sums "$@"
}
sums() {
  if command -v sha256sum >/dev/null 2>&1; then within "$most" sha256sum "$@" 2>/dev/null
  elif command -v shasum >/dev/null 2>&1; then within "$most" shasum -a 256 "$@" 2>/dev/null
  else printf 'x\\n'; fi
}
q_names() {
  if [ -d "$1" ] && [ -r "$1" ] && [ -x "$1" ]; then
    printf 'y\\n'
    for f in "$1"/* "$1"/.[!.]* "$1"/..?*; do
      if [ -e "$f" ] || [ -L "$f" ]; then printf '%s/' "\${f##*/}"; fi
    done
  elif [ -d "$1" ]; then printf 'd %s\\n' "$1"
  elif [ -e "$1" ]; then printf 'n'
  else gone "$1"; fi
}
q_writable() {
  for f do
    if [ ! -e "$f" ]; then gone "$f"
    elif [ -w "$f" ]; then printf 'y %s\\n' "$f"
    else printf 'x %s\\n' "$f"; fi
  done
}
q_room() {
  for f do
    if [ -e "$f" ]; then printf 'k %s\\n' "$f"; df -Pk "$f" 2>/dev/null
    else gone "$f"; fi
  done
}
q_processes() {
  [ -r /proc/self/stat ] || return 0
  printf 'y\\n'
  for d in /proc/[0-9]*; do
    [ "$d" = "/proc/$$" ] || { read -r l <"$d/stat" && printf '%s\\n' "$l"; } 2>/dev/null
  done
}
q_addresses() { if command -v ip >/dev/null 2>&1; then printf 'y\\n'; ip -o addr show 2>/dev/null; fi; }
q_program() {
  set -f; i=$IFS; IFS=:
  for f do
    for d in $own; do
      [ ! -f "$d/$f" ] || [ ! -x "$d/$f" ] || { printf 'k %s\\n%s\\n' "$f" "$d/$f"; break; }
    done
  done
  IFS=$i; set +f; printf 'all\\n'
}
q_package() {
  if command -v dpkg-query >/dev/null 2>&1; then
    printf 'dpkg\\n'
    dpkg-query -W -f='\${db:Status-Status} \${Package} \${Version}\\n' "$@" 2>/dev/null
    printf '%s\\n' "$?"
  elif command -v rpm >/dev/null 2>&1; then
    printf 'rpm\\n'
    rpm -q --qf 'installed %{NAME} %{VERSION}-%{RELEASE}\\n' "$@" 2>/dev/null
    printf '%s\\n' "$?"
  elif command -v apk >/dev/null 2>&1; then printf 'apk\\n'; apk info -v 2>/dev/null; printf '%s\\n' "$?"
  else printf 'x\\n'; fi
}
q_service() {
  if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
    printf 'y\\n'
    systemctl show -p LoadState -p ActiveState -p UnitFileState "$@" 2>/dev/null
  else printf 'x\\n'; fi
}
know_time() {
  late=124
  apart() { exec "$@"; }
  case $(timeout --help 2>&1) in
    *BusyBox*) late=143; if setsid true >/dev/null 2>&1 5>&-; then apart() { exec setsid "$@"; }; fi ;;
  esac
  if timeout -k 1 5 true >/dev/null 2>&1 5>&-; then alone() { apart timeout -k 1 "$@"; }
  elif timeout 5 true >/dev/null 2>&1 5>&-; then alone() { apart timeout "$@"; }
  else alone() { shift; apart "$@"; }; fi
}
now() { n=$(date +%s 2>/dev/null); case $n in '' | *[!0-9]*) n=0 ;; esac; printf '%s' "$n"; }
q_run() {
  [ -n "$late" ] || know_time
  t=$1; shift; a=$(now)
  r=$({ { { in_time "$t" "$@"; } | first ${MOST_CONTENT + 1} >&2; } 6>&1 | first ${MOST_CONTENT + 1} >&5; } 3>&1)
  case $r in "$late" | 137) [ "$(($(now) - a))" -lt "$t" ] || r= ;; esac
  [ -z "$r" ] && s late || s "exit $r"
}
in_time() {
  alone "$@" 2>&1 >&6 6>&- 5>&- 3>&- &
  { wait "$!"; printf '%s' "$?" >&3; kill -9 "-$!"; } 2>/dev/null
}`;
