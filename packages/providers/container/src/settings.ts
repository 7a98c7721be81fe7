import { statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** The variables of an environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

const UNIX = /^(?:unix:\/\/)?(\/[^\0]*)$/;

export const containerSettings = z.strictObject({
  host: z
    .string()
    .regex(
      UNIX,
      "must be unix:///PATH or an absolute path; an engine over TCP is not spoken to, but its socket can be forwarded: ssh -L /run/engine.sock:/var/run/docker.sock HOST",
    )
    .describe("The engine's unix socket: unix:///PATH, or an absolute path"),
});
export type ContainerSettings = z.infer<typeof containerSettings>;

/** The settings, with the engine that this environment names, or the first of the usual ones, for whoever names none. */
export function containerSettingsIn(env: Environment) {
  // Read as if it had been written: a DOCKER_HOST that cannot be used is refused with the same words.
  return containerSettings.extend({ host: containerSettings.shape.host.prefault(() => usualHost(env)) });
}

/** The path of the socket. */
export function socketOf({ host }: ContainerSettings): string {
  return UNIX.exec(host)?.[1] ?? host;
}

function usualHost(env: Environment): string {
  if (env["DOCKER_HOST"]) return env["DOCKER_HOST"];
  const own = env["XDG_RUNTIME_DIR"];
  const usual = [
    "/var/run/docker.sock",
    ...(own ? [join(own, "docker.sock")] : []),
    "/run/podman/podman.sock",
    ...(own ? [join(own, "podman/podman.sock")] : []),
  ];
  return usual.find(isSocket) ?? "/var/run/docker.sock";
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    // Not there, or in a directory that is closed to this user: no engine of ours either way.
    return false;
  }
}
