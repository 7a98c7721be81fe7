/** A container as a target: any of the engine, whoever keeps it. */
import { begunTarget, type Target } from "@muster/checks";
import { MusterError } from "@muster/model";
import { containerSettingsIn, execInNamed } from "@muster/provider-container";
import type { Environment } from "../cli.ts";

export interface NamedContainer {
  readonly named: string;
  /** The engine's socket; missing: the one that the environment names, or a usual one. */
  readonly host: string | undefined;
}

/** Throws `usage.bad-value` where the engine is not named as it should be. */
export function containerTarget(env: Environment, { named, host }: NamedContainer, boundary: () => string): Target {
  const settings = containerSettingsIn(env).safeParse(host === undefined ? {} : { host });
  if (settings.success) {
    return begunTarget(`container:${named}`, boundary, (asked, signal) =>
      execInNamed(settings.data, named, asked, signal),
    );
  }
  const detail = `the engine ${host ?? env["DOCKER_HOST"]}: ${settings.error.issues.map(({ message }) => message).join("; ")}`;
  throw new MusterError("usage.bad-value", {
    ...{ what: `--target container:${named}`, detail },
    wanted: "`?host=unix:///PATH` behind the name, or DOCKER_HOST",
  });
}
