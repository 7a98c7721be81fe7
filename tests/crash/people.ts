/** People at a Muster: each orders for one stack, and somebody deletes files by hand. They go on until it is over. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { groupPath } from "@muster/daemon";
import { isObject } from "@muster/model";
import type { Random } from "../../packages/simulator/src/random.ts";
import type { Disk } from "./disk.ts";
import type { House } from "./house.ts";
import type { Ledger } from "./ledger.ts";
import { type Desk, nextOrder, type Order, STACKS } from "./orders.ts";
import { ask } from "./talk.ts";

export interface Scene {
  readonly house: House;
  readonly disk: Disk;
  readonly ledger: Ledger;
  readonly random: Random;
  newActor(): string;
  /** Muster was killed or has ended, or something is wrong already: that it does not answer is no wonder. */
  isOver(): boolean;
  /** For the story. */
  tell(line: string): void;
  fault(fault: string): void;
  /** An order is about to be sent. */
  onOrder(): void;
}

/** At most so long somebody thinks between two orders, in milliseconds. */
const THOUGHT_MS = 30;

/** Resolves when everyone has an answer, or will never have one. */
export async function bustle(scene: Scene): Promise<void> {
  const orderers = STACKS.map(async (stack) => {
    const desk = deskOf(scene, scene.random.fork(stack));
    const { isOver } = scene;
    while (!isOver()) {
      await pass(desk.random.between(0, THOUGHT_MS));
      if (!isOver()) await orderNext(stack, scene, desk);
    }
  });
  await Promise.all([...orderers, meddle(scene)]);
}

export function deskOf({ house, disk, newActor }: Scene, random: Random): Desk {
  return {
    ...{ random, files: house.files, newActor },
    someInstance({ stack, group }) {
      const members = disk.instances().filter(({ mark }) => mark?.stack === stack && mark.owner === group);
      return members[random.between(0, members.length - 1)]?.id;
    },
  };
}

async function orderNext(stack: string, scene: Scene, desk: Desk): Promise<void> {
  const { state } = scene.ledger.page(stack);
  const order = nextOrder(stack, state, desk);
  if (order !== undefined) await carry(order, scene);
  else await noteGone(stack, scene);
}

/** Asks Muster, and enters into the ledger what it answers. */
export async function carry(order: Order, scene: Scene): Promise<void> {
  const { house, ledger, tell, fault } = scene;
  const title = `${order.actor} to ${order.stack}: ${order.says}`;
  scene.onOrder();
  ledger.ask(order);
  tell(`${title}: asked`);
  const answer = await ask(house.socket, order.path, order.body);
  if (answer === undefined) {
    tell(`${title}: not answered`);
    if (!scene.isOver()) fault(`${title}: no answer, and nobody has killed it`);
    return;
  }
  const { status, body } = answer;
  if (status === 200) {
    tell(`${title}: acknowledged`);
    ledger.acknowledge(order, isObject(body) && "generation" in body ? Number(body["generation"]) : undefined);
    return;
  }
  tell(`${title}: refused`);
  ledger.refuse(order);
  // Somebody was quicker to delete what was to be destroyed.
  if (!JSON.stringify(body).includes("instance.not-found")) fault(`${title}: refused, ${JSON.stringify(body)}`);
}

/** What is being destroyed is gone one day, and can be declared anew. */
export async function noteGone(stack: string, { house, ledger }: Scene): Promise<void> {
  for (const [group, { goal }] of Object.entries(ledger.page(stack).state)) {
    if (goal !== "destroying") continue;
    const answer = await ask(house.socket, groupPath(stack, group));
    if (answer?.status === 404) ledger.forget(stack);
  }
}

async function meddle({ house, disk, random: all, tell, isOver }: Scene): Promise<void> {
  const random = all.fork("meddler");
  while (!isOver()) {
    await pass(random.between(0, 4 * THOUGHT_MS));
    const ours = disk.instances().filter(({ mark }) => mark !== undefined);
    const paths = [...ours.map(({ id }) => join(house.instances, id)), ...disk.files()];
    const path = paths[random.between(0, paths.length - 1)];
    if (path === undefined || isOver()) continue;
    tell(`somebody deletes ${path}`);
    rmSync(path, { force: true });
  }
}
