/** The console of what runs in the foreground. */
import { setTimeout as pass } from "node:timers/promises";
import type { TaggedProvider } from "@muster/plugin";
import type { Cli } from "../cli.ts";
import { bytesOn } from "../print/bytes.ts";

export interface Console {
  /** Resolves when nothing more comes, or as good as nothing. */
  settled(): Promise<void>;
  /** Shows nothing more. Throws where it could not be shown. */
  end(): Promise<void>;
  /** Its last lines. */
  tail(): string;
}

const TAIL_LINES = 10;
const TAIL_BYTES = 4096;
/** Providers look for what was printed every 400 ms at least. */
const STILL_MS = 500;
const PATIENCE_MS = 3_000;

/** Shows it on standard output, from the first byte on. */
export function showConsole(cli: Pick<Cli, "out">, provider: Pick<TaggedProvider, "logs">, id: string): Console {
  const over = new AbortController();
  const printer = bytesOn(cli.out);
  let tail = Buffer.alloc(0);
  let lastAt = performance.now();

  async function show(): Promise<void> {
    for await (const bytes of provider.logs?.(id, { follow: true }, { signal: over.signal }) ?? []) {
      lastAt = performance.now();
      tail = Buffer.concat([tail, bytes]).subarray(-TAIL_BYTES);
      await printer.print(bytes);
    }
  }

  const showing = show().finally(() => printer.end());
  // Whoever ends it hears of it.
  showing.catch(() => undefined);

  /** A machine that has panicked stands where it is: that nothing more comes is known by nothing else. */
  async function stillness(): Promise<void> {
    const began = performance.now();
    while (performance.now() - Math.max(lastAt, began) < STILL_MS && performance.now() - began < PATIENCE_MS)
      await pass(50, undefined, { ref: true });
  }

  return {
    settled: () => Promise.race([showing.catch(() => undefined), stillness()]),
    async end() {
      over.abort();
      await showing;
    },
    tail: () => tail.toString("utf8").trimEnd().split("\n").slice(-TAIL_LINES).join("\n"),
  };
}
