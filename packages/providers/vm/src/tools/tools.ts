/** What can be done to a machine to find out about it, each through QMP. */
import { isObject } from "@muster/model";
import { ProviderError, type ToolAsked } from "@muster/plugin";
import type { Processes, Sighting } from "@muster/provider-process";
import { type Qmp, withQmp } from "../qemu/qmp.ts";
import { core } from "./core.ts";
import { gdb } from "./gdb.ts";
import { restore, snapshot } from "./snapshot.ts";
import { stats } from "./stats.ts";
import { trace } from "./trace.ts";

/** What a tool is used on. */
export interface Subject {
  readonly sighting: Sighting;
  readonly processes: Processes;
  readonly signal: AbortSignal;
}

export function use({ tool, argument }: ToolAsked, subject: Subject): AsyncIterable<Uint8Array> {
  const { sighting, signal } = subject;
  if (sighting.life.kind !== "lives") throw new ProviderError("invalid", `the hypervisor of ${sighting.id} has ended`);
  switch (tool) {
    case "pause":
      return quietly(() => withQmp(sighting.home, (qmp) => ofOneThatGoesOn(qmp, "stop"), signal));
    case "continue":
      return quietly(() => withQmp(sighting.home, (qmp) => ofOneThatGoesOn(qmp, "cont"), signal));
    case "link":
      return quietly(() =>
        withQmp(sighting.home, (qmp) => qmp.ask("set_link", { name: "net", up: argument === "up" }), signal),
      );
    case "stats":
      return stats(subject);
    case "trace":
      return trace(subject);
    case "core":
      return core(subject);
    case "gdb":
      return gdb(subject);
    case "snapshot":
      return quietly(() => snapshot(subject, argument ?? ""));
    case "restore":
      return quietly(() => restore(subject, argument ?? ""));
  }
}

const ENDED: ReadonlySet<unknown> = new Set(["guest-panicked", "shutdown", "internal-error", "inmigrate"]);

/** A guest that has ended stands there to be looked into. To let it go on would end its hypervisor, and all evidence with it. */
async function ofOneThatGoesOn(qmp: Qmp, command: "stop" | "cont"): Promise<void> {
  const answer = await qmp.ask("query-status");
  if (isObject(answer) && ENDED.has(answer["status"])) {
    throw new ProviderError(
      "invalid",
      "its guest has ended: it can be taken back to a snapshot with `restore`, or replaced",
    );
  }
  await qmp.ask(command);
}

/** Of what is done and says nothing. */
async function* quietly(act: () => Promise<unknown>): AsyncGenerator<Uint8Array> {
  await act();
  yield* [];
}
