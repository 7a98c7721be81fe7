/** One Muster in one house: killed again and again at random moments, inspected each time, and let end well at last. */
import { setTimeout as pass } from "node:timers/promises";
import { type Random, randomOf } from "../../packages/simulator/src/random.ts";
import { openDisk } from "./disk.ts";
import { type House, openHouse } from "./house.ts";
import { type Fault, isSame } from "./inspection.ts";
import { openInspector } from "./inspector.ts";
import { openLedger } from "./ledger.ts";
import { type Life, startLife } from "./life.ts";
import { openNotes } from "./notes.ts";
import { anew, STACKS } from "./orders.ts";
import { bustle, carry, deskOf, type Scene } from "./people.ts";
import { bringToOrder, untilAsOrdered } from "./rest.ts";
import { follow } from "./talk.ts";

/** When Muster is killed: while it starts, right after an order was sent, in the middle of writing, while it carries orders out, while nothing is to do. */
export type Moment = "start-up" | "order" | "write" | "bustle" | "rest";

export interface Figures {
  readonly kills: Readonly<Record<Moment, number>>;
  readonly acknowledged: number;
  /** Not answered when the kill came; so many of them had been taken. */
  readonly unanswered: number;
  readonly taken: number;
  readonly events: number;
}

export interface LaneReport extends Figures {
  readonly faults: readonly Fault[];
  /** What happened, oldest first; only of the last lives. */
  readonly story: readonly string[];
  /** Everything lies there still when there are faults. */
  readonly house: House;
}

/** At most so many orders are sent before it is killed, and so long after the last of them, in milliseconds. */
const MOST_ORDERS = 12;
const DELAYS_MS: Readonly<Record<Exclude<Moment, "start-up">, number>> = { order: 30, write: 3, bustle: 200, rest: 50 };
const GLANCE_MS = 5;

/**
 * @param command the file of the command `muster`
 * @param enough aborted when another lane has found what is wrong
 */
export async function runLane(seed: string, kills: number, command: string, enough: AbortSignal): Promise<LaneReport> {
  const random = randomOf(seed);
  const house = openHouse();
  const disk = openDisk(house.instances, house.files);
  const ledger = openLedger();
  const inspector = openInspector(house, disk, ledger);
  const { tell, fault, faults, story } = openNotes();
  const counts = { "start-up": 0, order: 0, write: 0, bustle: 0, rest: 0 };
  const sum = { acknowledged: 0, unanswered: 0, taken: 0 };
  /** How long the last start took. */
  let startUpMs = 500;
  let actors = 0;

  function watchDisk(): NodeJS.Timeout {
    return setInterval(() => fault(...inspector.glance()), GLANCE_MS);
  }

  function begin(): Life {
    ledger.begin(inspector.counts());
    return startLife(command, house.env);
  }

  function sceneOf(life: Life, chance: Random, dead: AbortSignal, onOrder: () => void): Scene {
    const isOver = () => dead.aborted || faults.length > 0 || life.hasEnded();
    const newActor = () => `person-${++actors}`;
    return { house, disk, ledger, random: chance, isOver, tell, fault, onOrder, newActor };
  }

  async function lifeAndDeath(number: number): Promise<void> {
    const chance = random.fork(`life ${number}`);
    const moment = momentOf(chance);
    tell(`life ${number} begins, to be killed: ${moment}`);
    counts[moment]++;
    const glancing = watchDisk();
    const life = begin();
    const dead = new AbortController();
    async function kill(): Promise<void> {
      if (!dead.signal.aborted && life.hasEnded()) fault(`it ended by itself: ${life.said()}`);
      dead.abort();
      await life.kill();
    }
    if (moment === "start-up") await pass(chance.next() * startUpMs);
    else await live(life, moment, chance, dead.signal, kill);
    await kill();
    clearInterval(glancing);
    tell(`killed${moment === "start-up" ? " while it started" : ""}`);
    if (life.complaints() !== "") fault(`it complained: ${life.complaints()}`);
    await inspect();
  }

  async function live(
    life: Life,
    moment: Exclude<Moment, "start-up">,
    chance: Random,
    dead: AbortSignal,
    kill: () => Promise<void>,
  ): Promise<void> {
    const started = performance.now();
    if (!(await life.ready)) return fault(`it does not answer: ${life.said()}`);
    startUpMs = performance.now() - started;
    const heard = follow(house.socket, inspector.lastSeen(), inspector.saw);
    const soon = () => pass(chance.next() * DELAYS_MS[moment]).then(kill);
    if (moment === "rest") {
      const scene = sceneOf(life, chance, dead, () => undefined);
      await bringToOrder(scene);
      await untilAsOrdered(scene);
      fault(...(await inspector.atRest()));
      await soon();
    } else {
      let left = chance.between(1, MOST_ORDERS);
      const scene = sceneOf(life, chance, dead, () => {
        left--;
        if (left === 0) void (moment === "write" ? house.nextWrite(dead).then(soon) : soon());
      });
      await bustle(scene);
    }
    await kill();
    await heard;
  }

  async function inspect(): Promise<void> {
    const asked = ledger.pages().filter((page) => page.asked !== undefined);
    sum.acknowledged += ledger.pages().reduce((all, { acknowledged }) => all + acknowledged.length, 0);
    sum.unanswered += asked.length;
    fault(...(await inspector.afterKill()));
    for (const { stack, asked: order } of asked) {
      if (order !== undefined && isSame(ledger.page(stack).state, order.after)) sum.taken++;
    }
  }

  /** Order is made, everything is declared once more in another version, and Muster is asked to end. */
  async function lastLife(): Promise<void> {
    tell("the last life begins, and is not killed");
    const glancing = watchDisk();
    const life = begin();
    if (await life.ready) await endWell(life);
    else fault(`it does not answer: ${life.said()}`);
    await life.kill();
    clearInterval(glancing);
  }

  async function endWell(life: Life): Promise<void> {
    const heard = follow(house.socket, inspector.lastSeen(), inspector.saw);
    const scene = sceneOf(life, random.fork("last"), new AbortController().signal, () => undefined);
    await bringToOrder(scene);
    const desk = deskOf(scene, scene.random);
    for (const stack of STACKS) await carry(anew(stack, ledger.page(stack).state, desk), scene);
    await untilAsOrdered(scene);
    fault(...(await inspector.atRest()));
    const code = await life.end();
    await heard;
    if (code !== 0 || life.complaints() !== "") fault(`asked to end, it ended with ${code}: ${life.said()}`);
    fault(...(await inspector.atEnd()));
  }

  const goesOn = () => faults.length === 0 && !enough.aborted;
  for (let number = 1; number <= kills && goesOn(); number++) await lifeAndDeath(number);
  if (goesOn()) await lastLife();
  if (faults.length === 0) house.remove();
  return { ...sum, kills: counts, events: inspector.lastSeen(), faults, story, house };
}

function momentOf(chance: Random): Moment {
  const number = chance.next();
  if (number < 0.2) return "start-up";
  if (number < 0.3) return "rest";
  if (number < 0.55) return "order";
  return number < 0.85 ? "write" : "bustle";
}
