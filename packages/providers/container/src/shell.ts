/** A command in any container of an engine, whoever made it. */
import { type ExecAsked, type Execution, ProviderError } from "@muster/plugin";
import { createdContainer } from "./engine/answers.ts";
import { engineAt } from "./engine/engine.ts";
import { exec } from "./exec.ts";
import { refused } from "./failure.ts";
import { type ContainerSettings, socketOf } from "./settings.ts";

/**
 * Runs a command in the container of this name, or of this id or how it begins.
 *
 * @throws ProviderError `invalid` where there is none, where it does not run, or where the command cannot be run in it
 */
export async function execInNamed(
  settings: ContainerSettings,
  name: string,
  asked: ExecAsked,
  signal: AbortSignal,
): Promise<Execution> {
  const engine = engineAt(socketOf(settings));
  const path = `/containers/${encodeURIComponent(name)}/json`;
  const answer = await engine.ask({ method: "GET", path, signal }, createdContainer);
  if (answer.kind === "answered") return exec(engine, answer.value.Id, asked, signal);
  if (answer.status === 404) throw new ProviderError("invalid", `the engine has no container ${name}`);
  throw refused(`the engine does not tell which container ${name} is`, answer);
}
