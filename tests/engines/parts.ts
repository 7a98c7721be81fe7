import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that the tests need, the Debian package that has it, and what is left out without it. */
interface Part {
  readonly command: string;
  readonly debian: string;
  readonly why: string;
}

export const PARTS = {
  docker: { command: "dockerd", debian: "docker.io", why: "Docker" },
  iptables: { command: "iptables", debian: "iptables", why: "Docker" },
  podman: { command: "podman", debian: "podman", why: "Podman" },
  init: { command: "catatonit", debian: "catatonit", why: "everything" },
  busybox: { command: "busybox", debian: "busybox-static", why: "everything" },
  ip: { command: "ip", debian: "iproute2", why: "everything" },
} as const satisfies Record<string, Part>;

export type EngineName = "docker" | "podman";

export function missingParts(): readonly Part[] {
  return Object.values(PARTS).filter(({ command }) => !isThere(command));
}

/** The engines that can be started without these parts. */
export function enginesWith(missing: readonly Part[]): readonly EngineName[] {
  const lacks = (...whys: readonly string[]) => missing.some(({ why }) => whys.includes(why));
  return [
    ...(lacks("everything", "Docker") ? [] : (["docker"] as const)),
    ...(lacks("everything", "Podman") ? [] : (["podman"] as const)),
  ];
}

/** Installs them from Debian. That it failed shows in what is missing afterwards. */
export function install(missing: readonly Part[]): void {
  if (missing.length === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const names = missing.map(({ debian }) => debian);
  spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit", env });
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...names], { stdio: "inherit", env });
}

/** Engines lie where only root looks for programs. */
const PLACES = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];

function isThere(command: string): boolean {
  return PLACES.some((place) => {
    try {
      accessSync(join(place, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
