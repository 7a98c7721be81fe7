/** Is this machine ready for Muster? The checks of that, as data: what each is for, and what to do where it does not hold. */
import { type CheckEntry, check } from "@muster/sdk";
import type { Place, Premises } from "./premises.ts";

export interface Question {
  /** Its title says what must hold. */
  readonly check: CheckEntry;
  /** What to do where it does not. */
  readonly next: string;
  /** Nothing is wrong where it does not hold, though its part is always needed. */
  readonly isAdvice?: true;
}

export interface Part {
  /** What it serves. */
  readonly serves: string;
  /** Muster does nothing without it. Of another part only what it serves is not to be had. */
  readonly always: boolean;
  readonly questions: readonly Question[];
}

/** Room for the history of a busy month, and for images. In MiB. */
const LEAST_ROOM = 200;
/** How many of the newest events are gone along. */
const NEWEST = 100;

export function suiteFor(premises: Premises): readonly Part[] {
  const parts = [
    always("this machine, and the state", [...machine(premises), ...state(premises)]),
    always("sockets, at which it is asked while it runs", sockets(premises)),
    only("hearing of changes at once", hints()),
    only("plugins that are there", plugins(premises)),
    only("containers: the type `container`", [engine(premises)]),
    only("machines: the type `vm`, `muster image run`", machines()),
    only("images of Linux, and guests in C: `muster image build`", images()),
    only("other machines: `muster verify --target ssh://…`", [ssh()]),
    only("checks of packages and services", [packages(), services()]),
    only("droplets: the type `droplet`", [token()]),
  ];
  return parts.filter(({ questions }) => questions.length > 0);
}

function always(serves: string, questions: readonly Question[]): Part {
  return { serves, always: true, questions };
}

function only(serves: string, questions: readonly Question[]): Part {
  return { serves, always: false, questions };
}

function machine({ node }: Premises): readonly Question[] {
  return [
    {
      check: check
        .command([node, "--version"], { title: "Node is 24 or newer" })
        .stdout.matches("^v(2[4-9]|[3-9]\\d)\\."),
      next: "in a clone `npm ci` brings the right one; elsewhere install it from https://nodejs.org/",
    },
    {
      check: check
        .command(["date", "-u", "+%Y"], { title: "the clock stands at no year before this Muster was made" })
        .exit(0)
        .stdout.matches("^(202[6-9]|20[3-9]\\d|2[1-9]\\d\\d)$"),
      next: "set the clock (`timedatectl set-ntp true`): the history is written by it",
    },
    {
      check: check
        .command("ulimit -n", { title: "a process may have 1000 files open, or more" })
        .stdout.matches("^(unlimited|[1-9]\\d{3,})$"),
      next: "raise it: `ulimit -n 4096`, or LimitNOFILE= of the unit that runs Muster",
    },
  ];
}

function state(premises: Premises): readonly Question[] {
  const { state: place, store, muster } = premises;
  return [
    directory(place, premises, "set MUSTER_STATE_DIR to one that can be"),
    {
      check: check
        .disk(place.nearest, { title: `there is room for the state: ${LEAST_ROOM} MiB` })
        .free.min(LEAST_ROOM),
      next: "make room there (`muster audit prune` drops what is old of the history), or set MUSTER_STATE_DIR",
    },
    ...(store === undefined
      ? []
      : [
          {
            check: check.file(store, { title: "the store is closed to others" }).mode.matches("00$"),
            next: `chmod 600 ${store}`,
          },
          {
            check: check
              .command([...muster, "audit", "verify", "--newest", String(NEWEST)], {
                title: `the store opens, and the newest ${NEWEST} events of each stack are what was written`,
                timeout: "20s",
              })
              .exit(0)
              .stderr(""),
            next: "what it says tells what to do; `muster audit verify` goes along the whole history",
          },
        ]),
  ];
}

function directory({ what, path, isThere, nearest }: Place, { owners }: Premises, otherwise: string): Question {
  if (!isThere) {
    const title = `${what} can be made: ${path}`;
    return { check: check.directory(nearest, { title }).writable(), next: otherwise };
  }
  const title = `${what} is yours, and closed to others`;
  return {
    check: check.directory(nearest, { title }).owner.oneOf(owners).mode.matches("00$").writable(),
    next: `chmod 700 ${path}; where it is somebody else's, ${otherwise}`,
  };
}

function sockets(premises: Premises): readonly Question[] {
  const { runtime, plugins: place, sockets: paths } = premises;
  return [
    directory(runtime, premises, "set MUSTER_SOCKET to a path in one that can be"),
    directory(place, premises, "set MUSTER_PLUGIN_DIR to one that can be"),
    ...paths.flatMap((path): readonly Question[] => [
      {
        check: check.file(path, { title: `the socket ${path} is closed to others` }).mode.matches("00$"),
        next: `chmod 600 ${path}`,
      },
      {
        check: check
          .http("http://localhost/v1/ping", { title: `somebody answers at ${path}`, socket: path, timeout: "5s" })
          .reachable(),
        next: `rm ${path}, where nothing else runs that made it: it was left behind, and is harmless`,
        isAdvice: true,
      },
    ]),
  ];
}

function hints(): readonly Question[] {
  const settings = [
    ["fs.inotify.max_user_instances", "128", "^[1-9]\\d{2,}$"],
    ["fs.inotify.max_user_watches", "8192", "^[1-9]\\d{3,}$"],
  ] as const;
  return settings.map(([name, value, pattern]) => ({
    check: check
      .kernelParam(name, { title: `the kernel lets a user watch enough files: ${name}` })
      .value.matches(pattern),
    next: `sysctl -w ${name}=${value}; without it changes are seen a few seconds later`,
  }));
}

function plugins({ muster, pluginNames }: Premises): readonly Question[] {
  return pluginNames.map((name) => ({
    check: check
      .command([...muster, "plugin", "ls", "--output", "json"], {
        title: `plugin ${name} answers, in a version that is understood`,
        timeout: "20s",
      })
      .stdout.matches(`"name":${JSON.stringify(name)},"state":"connected"`.replaceAll(/[.+*?()[\]{}|^$\\]/g, "\\$&")),
    next: "start it again (`muster plugin ls` tells what is the matter); one that was left behind is a file to remove",
  }));
}

function engine({ engine: socket }: Premises): Question {
  const title = "the engine answers";
  if (socket === undefined) {
    const understood = 'case "$DOCKER_HOST" in /* | unix:///*) ;; *) exit 1 ;; esac';
    return { check: check.command(understood, { title }).exit(0), next: "DOCKER_HOST must be unix:///PATH" };
  }
  return {
    check: check.http("http://localhost/_ping", { title: `${title} at ${socket}`, socket, timeout: "5s" }).status(200),
    next: "start Docker or Podman (`systemctl start podman.socket`), or name its socket in DOCKER_HOST: unix:///PATH",
  };
}

function machines(): readonly Question[] {
  return [
    {
      check: check.program("qemu-system-x86_64", { title: "there is QEMU" }).exists(),
      next: "Debian: apt-get install qemu-system-x86",
    },
    {
      check: check
        .file("/dev/kvm", { title: "KVM may be used; without it machines are emulated, and slow" })
        .writable(),
      next: "load kvm_intel or kvm_amd, and be in the group `kvm`; a virtual machine needs nested virtualisation",
    },
    {
      check: check.program("gdb", { title: "there is gdb, for `muster instance gdb`" }).exists(),
      next: "Debian: apt-get install gdb",
    },
  ];
}

function images(): readonly Question[] {
  return [
    {
      check: check.program("gcc", { title: "there is a C compiler" }).exists(),
      next: "Debian: apt-get install gcc",
    },
    {
      check: check.file("/usr/include/stdlib.h", { title: "there is a C library to be linked statically" }).exists(),
      next: "Debian: apt-get install libc6-dev",
    },
    {
      check: check.command("ls /boot/vmlinuz-*", { title: "there is a kernel of Linux" }).exit(0),
      next: "Debian: apt-get install linux-image-cloud-amd64; or name another as `kernel` of the manifest",
    },
  ];
}

function ssh(): Question {
  return {
    check: check.program("ssh", { title: "there is an ssh client" }).exists(),
    next: "Debian: apt-get install openssh-client",
  };
}

function packages(): Question {
  const any = "command -v dpkg-query || command -v rpm || command -v apk";
  return {
    check: check.command(any, { title: "there is dpkg, rpm or apk" }).exit(0),
    next: "checks of the kind `package` cannot be told here",
  };
}

function services(): Question {
  return {
    check: check.directory("/run/systemd/system", { title: "systemd runs" }).exists(),
    next: "checks of the kind `service` cannot be told here",
  };
}

/** Its value is shown nowhere: a shell says whether there is one. */
function token(): Question {
  const isSet = 'test -n "$DIGITALOCEAN_TOKEN$DIGITALOCEAN_ACCESS_TOKEN"';
  return {
    check: check.command(isSet, { title: "a token of DigitalOcean's is set" }).exit(0),
    next: "set DIGITALOCEAN_TOKEN; tokens are made at https://cloud.digitalocean.com/account/api/tokens",
  };
}
