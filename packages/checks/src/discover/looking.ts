/** What a target is asked to find out who runs there under a name: one script, and what it said. */
import { quoted } from "../script.ts";

/** A process of the name whose parent has another: it began what else there is of the name. */
export interface Root {
  /** The path of its program; missing where whoever is asked may not look. */
  readonly program: string | undefined;
  /** What it was begun with. */
  readonly words: readonly string[];
  /** The unit of the service manager that it runs in. */
  readonly unit: string | undefined;
  /** Where it takes connections; undefined where whoever is asked may not look. */
  readonly ports: readonly Port[] | undefined;
}

export interface Port {
  readonly protocol: "tcp" | "udp";
  readonly number: number;
}

export interface Sighting {
  readonly roots: readonly Root[];
  /** Of the roots and of those that they began: whoever is served logs in deeper. */
  readonly uids: readonly number[];
  /** The packages that brought the programs. */
  readonly packages: readonly string[];
  /** Files of the name at the usual places for configuration. */
  readonly files: readonly string[];
}

/** The bytes that a kernel keeps of a process's name. */
const LONGEST_NAME = 15;

/** As the kernel has it. */
export function nameOfProcess(name: string): string {
  return Buffer.from(name).subarray(0, LONGEST_NAME).toString();
}

/** A word and what it says, a line each. A `process` begins what is said of one. */
export function lookingFor(name: string): string {
  return `n=${quoted(nameOfProcess(name))}; whole=${quoted(name)}\n${SCRIPT}`;
}

const SCRIPT = `
say() { [ -z "$2" ] || printf '%s %s\\n' "$1" "$2"; }
name() { { read -r c <"/proc/$1/comm"; } 2>/dev/null && printf '%s' "$c"; }
parent() { { read -r l <"/proc/$1/stat"; } 2>/dev/null && set -- "\${l##*) }" && set -- $1 && printf '%s' "$2"; }
open=$(cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null |
  while read -r _ at _ state _ _ _ _ _ inode _; do
    case $state in 0A) printf ' %s=tcp:%s ' "$inode" "\${at##*:}" ;; 07) printf ' %s=udp:%s ' "$inode" "\${at##*:}" ;; esac
  done)
own=$(readlink /proc/self/ns/pid 2>/dev/null)
programs=
for d in /proc/[0-9]*; do
  p=\${d#/proc/}
  c=; { read -r c <"$d/comm"; } 2>/dev/null
  [ "$c" = "$n" ] && [ "$p" != "$$" ] || continue
  their=$(readlink "$d/ns/pid" 2>/dev/null)
  [ -z "$their" ] || [ "$their" = "$own" ] || continue
  above=$(parent "$p")
  depth=0
  if [ "$(name "$above")" = "$n" ]; then
    depth=1
    [ "$(name "$(parent "$above")")" != "$n" ] || depth=2
  fi
  [ "$depth" -lt 2 ] || continue
  say process "$depth"
  { while read -r k v _; do [ "$k" != Uid: ] || say uid "$v"; done <"$d/status"; } 2>/dev/null
  [ "$depth" = 0 ] || continue
  exe=$(readlink "$d/exe" 2>/dev/null); exe=\${exe% (deleted)}
  say program "$exe"
  case " $programs " in *" $exe "*) ;; *) programs="$programs $exe" ;; esac
  dd bs=8192 count=1 <"$d/cmdline" 2>/dev/null | tr '\\000\\n' '\\n ' | while IFS= read -r w; do say word "$w"; done
  { while IFS= read -r l; do say cgroup "$l"; done <"$d/cgroup"; } 2>/dev/null
  if fds=$(ls -l "$d/fd" 2>/dev/null); then
    say sockets seen
    printf '%s\\n' "$fds" | sed -n 's/.*socket:\\[\\([0-9]*\\)\\]$/\\1/p' | while read -r inode; do
      case $open in *" $inode="*) at=\${open#*" $inode="}; say socket "\${at%% *}" ;; esac
    done
  fi
done
for exe in $programs; do
  if command -v dpkg-query >/dev/null 2>&1; then
    { dpkg-query -S "$exe" || dpkg-query -S "\${exe#/usr}" || dpkg-query -S "/usr$exe"; } 2>/dev/null |
      sed -n 's/^\\([a-z0-9][a-z0-9+.-]*\\)[:,].*/package \\1/p'
  elif command -v rpm >/dev/null 2>&1; then rpm -qf --qf 'package %{NAME}\\n' "$exe" 2>/dev/null
  elif command -v apk >/dev/null 2>&1; then apk info -q -W "$exe" 2>/dev/null | sed 's/^/package /'
  fi
done
for f in "/etc/$whole.conf" "/etc/$whole.cfg" /etc/*/"$whole.conf" /etc/*/"$whole.cfg" /etc/*/"\${whole}_config"; do
  case \${f%/*} in *.d | /etc/init) continue ;; esac
  [ ! -f "$f" ] || say file "$f"
done
exit 0`;

/** Throws nothing: what it does not understand it passes over. */
export function sightingIn(text: string): Sighting {
  const processes: { depth: string; said: [string, string][] }[] = [];
  const beside: [string, string][] = [];
  for (const line of text.split("\n")) {
    const at = line.indexOf(" ");
    const [word, what] = [line.slice(0, at), line.slice(at + 1)];
    if (word === "process") processes.push({ depth: what, said: [] });
    else if (word === "package" || word === "file") beside.push([word, what]);
    else processes.at(-1)?.said.push([word, what]);
  }
  const uids = processes.flatMap(({ said }) => saidOf(said, "uid").map(Number));
  return {
    roots: processes.flatMap(({ depth, said }) => (depth === "0" ? [rootIn(said)] : [])),
    uids: [...new Set(uids)].filter(Number.isInteger).toSorted((a, b) => a - b),
    packages: [...new Set(saidOf(beside, "package"))],
    files: [...new Set(saidOf(beside, "file"))],
  };
}

type Saying = readonly (readonly [string, string])[];

function saidOf(said: Saying, wanted: string): readonly string[] {
  return said.flatMap(([word, what]) => (word === wanted ? [what] : []));
}

function rootIn(said: Saying): Root {
  const [program] = saidOf(said, "program");
  const [only, ...more] = saidOf(said, "word");
  return {
    program,
    // Who writes a title in the place of its words parts them by blanks.
    words: more.length === 0 ? (only ?? "").split(" ") : [only ?? "", ...more],
    unit: saidOf(said, "cgroup").flatMap(unitIn)[0],
    ports: saidOf(said, "sockets").length === 0 ? undefined : saidOf(said, "socket").flatMap(portIn),
  };
}

/** Of the system's units: those of a user are asked of another manager. A unit for each connection is not kept. */
function unitIn(line: string): readonly string[] {
  const unit = /\/system\.slice\/(?:[^\s]*\/)?([\w.@:\\-]+)\.service(?:\/|$)/.exec(line)?.[1];
  return unit === undefined || /@.*:\d+-/.test(unit) ? [] : [unit];
}

function portIn(socket: string): readonly Port[] {
  const [, protocol, hex = ""] = /^(tcp|udp):([0-9A-F]{4})$/.exec(socket) ?? [];
  return protocol === "tcp" || protocol === "udp" ? [{ protocol, number: Number.parseInt(hex, 16) }] : [];
}
