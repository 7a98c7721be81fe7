/** Waits until everything is as it is declared. */
import { setTimeout as pass } from "node:timers/promises";
import { type ApplyAnswer, type GroupView, PATHS } from "@muster/daemon";
import { isConverged } from "@muster/model";
import { documentOf, kindsOf, STACKS, steering } from "./orders.ts";
import { carry, deskOf, noteGone, type Scene } from "./people.ts";
import { ask } from "./talk.ts";

const DEADLINE_MS = 60_000;
const STEP_MS = 20;

/** Nothing stays paused or half destroyed. */
export async function bringToOrder(scene: Scene): Promise<void> {
  const desk = deskOf(scene, scene.random.fork("order"));
  for (const stack of STACKS) {
    for (const kind of kindsOf(stack)) {
      const { state } = scene.ledger.page(stack);
      if (state[kind.group]?.goal === "paused") await carry(steering(kind, "resume", state, desk), scene);
      await until(scene, `${stack} is destroyed`, async () => {
        await noteGone(stack, scene);
        const wanted = scene.ledger.page(stack).state[kind.group];
        return wanted?.goal === "destroying" ? "it is not" : undefined;
      });
    }
  }
}

/** Muster says that every group is as it was ordered last; what it takes for that is what the ledger has. */
export async function untilAsOrdered(scene: Scene): Promise<void> {
  const { house, ledger, fault } = scene;
  const generations = new Map<string, number>();
  for (const { stack, state } of ledger.pages()) {
    if (Object.keys(state).length === 0) continue;
    const document = documentOf(stack, state, house.files);
    const answer = await ask(house.socket, PATHS.apply, { actor: "checker", source: "checker", document });
    const body = answer?.body as ApplyAnswer | undefined;
    if (answer?.status !== 200 || body?.unchanged !== true)
      fault(`${stack} is not as it was ordered: ${JSON.stringify(answer)}`);
    generations.set(stack, body?.generation ?? 0);
  }
  await until(scene, "all is as declared", async () => {
    const views = (await ask(house.socket, PATHS.groups))?.body as readonly GroupView[] | undefined;
    const waiting = (views ?? []).filter(({ stack, status }) => {
      const isNew = status !== undefined && status.observedGeneration >= (generations.get(stack) ?? 0);
      return !isNew || !isConverged(status);
    });
    return views !== undefined && waiting.length === 0 ? undefined : JSON.stringify(waiting);
  });
}

/** @param lacks what is still lacking; undefined when nothing is */
async function until({ fault, isOver }: Scene, what: string, lacks: () => Promise<string | undefined>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const lacking = await lacks();
    if (lacking === undefined || isOver()) return;
    if (performance.now() > deadline) return fault(`waited ${DEADLINE_MS / 1000} s until ${what}: ${lacking}`);
    await pass(STEP_MS);
  }
}
