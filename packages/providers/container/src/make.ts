/** Making a container: its image, the container, its networks, its start. */
import type { Json, Tags } from "@muster/model";
import { type Io, ProviderError, revealed } from "@muster/plugin";
import { createBody } from "./body.ts";
import { createdContainer } from "./engine/answers.ts";
import { ANYTHING, type Engine, type Refusal } from "./engine/engine.ts";
import { refused } from "./failure.ts";
import { nameFor } from "./name.ts";
import type { ContainerProperties } from "./properties.ts";
import type { Pulls } from "./pull.ts";
import type { Environment } from "./settings.ts";

export interface Making {
  readonly engine: Engine;
  readonly pulls: Pulls;
  /** Where secrets may be read. */
  readonly env: Environment;
  readonly io: Io;
  /** The names of creates that are under way. */
  readonly underWay: Set<string>;
}

/**
 * Makes a container and starts it. One that the engine refuses to start is removed again; where nobody knows whether it was
 * started it stays, and is known again by its tags.
 */
export async function make(
  making: Making,
  want: ContainerProperties,
  tags: Tags,
  signal: AbortSignal,
): Promise<string> {
  const { pulls, underWay, io } = making;
  const env = valuesOf(want, making.env);
  const name = nameFor(tags, io);
  underWay.add(name);
  try {
    if (want.pull === "always") await pulls.pull(want.image, signal);
    const body = createBody(name, want, env.values, tags);
    const id = await created(making, { name, body, want, hidden: env.hidden }, signal);
    await begun(making, id, want, env.hidden, signal);
    return id;
  } finally {
    underWay.delete(name);
  }
}

interface Values {
  readonly values: Readonly<Record<string, string>>;
  /** The values that must be in no error. */
  readonly hidden: readonly string[];
}

function valuesOf({ env = {} }: ContainerProperties, surroundings: Environment): Values {
  const entries = Object.entries(env).map(([name, value]) => {
    const text = revealed(value, surroundings);
    if (text.includes("\0")) throw new ProviderError("invalid", `the value of ${name} has a zero byte in it`);
    return { name, text, isSecret: typeof value !== "string" };
  });
  return {
    values: Object.fromEntries(entries.map(({ name, text }) => [name, text])),
    hidden: entries.flatMap(({ text, isSecret }) => (isSecret ? [text] : [])),
  };
}

interface Order {
  readonly name: string;
  readonly body: Json;
  readonly want: ContainerProperties;
  readonly hidden: readonly string[];
}

async function created({ engine, pulls }: Making, order: Order, signal: AbortSignal): Promise<string> {
  const { name, body, want, hidden } = order;
  const path = `/containers/create?name=${encodeURIComponent(name)}`;
  const create = () => engine.ask({ method: "POST", path, body, signal }, createdContainer);
  let answer = await create();
  if (answer.kind === "refused" && isMissingImage(answer)) {
    if (want.pull === "never") {
      throw new ProviderError("retryable", `the image ${want.image} is not there, and \`pull\` is \`never\``);
    }
    await pulls.pull(want.image, signal);
    answer = await create();
  }
  if (answer.kind === "answered") return answer.value.Id;
  throw refused(`no container of ${want.image} can be made`, answer, hidden);
}

function isMissingImage({ status, message }: Refusal): boolean {
  return status === 404 && /no such image|image not known/i.test(message);
}

async function begun(
  making: Making,
  id: string,
  { image, networks = [] }: ContainerProperties,
  hidden: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { engine } = making;
  // The first is given with the create; not every version takes more there.
  for (const network of networks.slice(1)) {
    const path = `/networks/${encodeURIComponent(network)}/connect`;
    const answer = await engine.ask({ method: "POST", path, body: { Container: id }, signal }, ANYTHING);
    if (answer.kind === "refused")
      throw await undone(engine, id, refused(`it cannot be in ${network}`, answer, hidden));
  }
  const answer = await engine.ask({ method: "POST", path: `/containers/${id}/start`, signal }, ANYTHING);
  if (answer.kind === "refused") {
    throw await undone(engine, id, refused(`a container of ${image} cannot be started`, answer, hidden));
  }
}

/** So long may it take to remove what was not started, in milliseconds. */
const UNDO_MS = 30_000;

/** Removes what was made in vain. Where that fails too it is listed as one that never began, and replaced. */
async function undone(engine: Engine, id: string, failure: ProviderError): Promise<ProviderError> {
  const path = `/containers/${id}?force=1&v=1`;
  try {
    await engine.ask({ method: "DELETE", path, signal: AbortSignal.timeout(UNDO_MS) }, ANYTHING);
  } catch {
    return failure;
  }
  return failure;
}
