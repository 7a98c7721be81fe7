/** What only a part of Muster needs: where it is not there, that part is not to be had. */
import { check } from "@muster/sdk";
import type { Premises } from "./premises.ts";
import type { Question } from "./suite.ts";

export function hints(): readonly Question[] {
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

export function plugins({ muster, pluginNames }: Premises): readonly Question[] {
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

export function engine({ engine: socket }: Premises): Question {
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

export function machines(): readonly Question[] {
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

export function images(): readonly Question[] {
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

export function ssh(): Question {
  return {
    check: check.program("ssh", { title: "there is an ssh client" }).exists(),
    next: "Debian: apt-get install openssh-client",
  };
}

export function packages(): Question {
  const any = "command -v dpkg-query || command -v rpm || command -v apk";
  return {
    check: check.command(any, { title: "there is dpkg, rpm or apk" }).exit(0),
    next: "checks of the kind `package` cannot be told here",
  };
}

export function services(): Question {
  return {
    check: check.directory("/run/systemd/system", { title: "systemd runs" }).exists(),
    next: "checks of the kind `service` cannot be told here",
  };
}

/** Its value is shown nowhere: a shell says whether there is one. */
export function token(): Question {
  const isSet = 'test -n "$DIGITALOCEAN_TOKEN$DIGITALOCEAN_ACCESS_TOKEN"';
  return {
    check: check.command(isSet, { title: "a token of DigitalOcean's is set" }).exit(0),
    next: "set DIGITALOCEAN_TOKEN; tokens are made at https://cloud.digitalocean.com/account/api/tokens",
  };
}
