import { isObject } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { lost, type Request } from "./engine/connection.ts";
import type { Engine } from "./engine/engine.ts";
import { jsonLines } from "./engine/json-lines.ts";
import { refused } from "./failure.ts";

export interface Pulls {
  /** Fetches an image. Many who want the same one at once wait for one fetch. */
  pull(image: string, signal: AbortSignal): Promise<void>;
}

/** A registry that says nothing for so long has gone, in milliseconds. */
const PATIENCE_MS = 300_000;

/** @param over when nobody needs any image any more */
export function pullsFrom(engine: Engine, over: AbortSignal): Pulls {
  const underWay = new Map<string, Promise<void>>();
  return {
    async pull(image, signal) {
      const known = underWay.get(image);
      const fetching = known ?? fetched(engine, image, over).finally(() => underWay.delete(image));
      if (known === undefined) underWay.set(image, fetching);
      await orAborted(fetching, signal, image);
    },
  };
}

async function fetched(engine: Engine, image: string, signal: AbortSignal): Promise<void> {
  const path = `/images/create?fromImage=${encodeURIComponent(taggedImage(image))}`;
  const request: Request = { method: "POST", path, signal, patienceMs: PATIENCE_MS };
  const answer = await engine.read(request);
  if (answer.kind === "refused") throw refused(`the image ${image} cannot be fetched`, answer);
  for await (const line of progressIn(engine, request, answer.value)) {
    const error = isObject(line) ? line["error"] : undefined;
    if (typeof error !== "string") continue;
    throw refused(`the image ${image} cannot be fetched`, { kind: "refused", status: 500, message: error });
  }
}

async function* progressIn(engine: Engine, request: Request, chunks: AsyncIterable<Uint8Array>) {
  try {
    yield* jsonLines(chunks);
  } catch (thrown) {
    throw lost(engine.socket, request, thrown);
  }
}

/** Without a tag an engine would fetch every one there is. */
export function taggedImage(image: string): string {
  const last = image.slice(image.lastIndexOf("/") + 1);
  return /[:@]/.test(last) ? image : `${image}:latest`;
}

/** Whoever waits no longer goes; the fetch goes on for the others. */
function orAborted(fetching: Promise<void>, signal: AbortSignal, image: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new ProviderError("retryable", `nobody waited any more for ${image} to be fetched`));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    fetching.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
