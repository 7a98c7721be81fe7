/** A home of its own with images of our unikernel, the real `muster serve` in it, and real machines in groups. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type GroupDetail, groupPath } from "@muster/daemon";
import { conditionOf, isConverged, type JsonObject } from "@muster/model";
import { buildUnikernel } from "@muster/provider-vm";
import { afterAll, onTestFinished, vi } from "vitest";
import { type Life, startLife } from "../crash/life.ts";
import { MUSTER } from "../crash/run.ts";
import { ask } from "../crash/talk.ts";
import { endAllAtHome, pidsAtHome, wordsOf } from "./left-behind.ts";

const missing = [
  ["QEMU (Debian: qemu-system-x86)", "qemu-system-x86_64"],
  ["a C compiler (Debian: gcc)", "gcc"],
].flatMap(([what = "", program = ""]) => (spawnSync(program, ["--version"]).status === 0 ? [] : [what]));

/** Whether there is what a real machine needs here. */
export const canBoot = missing.length === 0;

/** Says, where machines cannot be had, what is left out. */
export function tellWhatIsLeftOut(what: string): void {
  if (!canBoot) process.stdout.write(`There is no ${missing.join(" and no ")} here: ${what} is not tried\n`);
}

/** The path of QEMU's program; empty where there is none. */
export const hypervisor = placeOf("qemu-system-x86_64");

function placeOf(program: string): string {
  const places = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, program));
  return places.find((place) => existsSync(place)) ?? "";
}

/** Of one command that ends, in milliseconds. */
const LONGEST_MS = 60_000;
/** What is waited for comes by then, or not at all. */
const DEADLINE_MS = 45_000;

export interface Answer {
  readonly code: number;
  /** On both streams. */
  readonly said: string;
}

export interface MachineRoom {
  readonly home: string;
  /** The stack that all groups here are of. Ports are given out by its name, so it is like no other. */
  readonly stack: string;
  /** Where machines, and images, lie. */
  readonly machines: string;
  readonly images: string;
  /** Begins `muster serve`, and waits until it answers. */
  serve(more?: NodeJS.ProcessEnv, through?: readonly string[]): Promise<Life>;
  /** Runs `muster` to its end, with nothing to read. */
  ask(...args: readonly string[]): Promise<Answer>;
  /** The same; throws, with what it said, where that is not a good end. */
  muster(...args: readonly string[]): Promise<string>;
  /** The same, for commands that go on. It ends with the test. */
  begin(...args: readonly string[]): Begun;
  /** Builds an image of the unikernel, and answers its digest. */
  build(name: string, more?: JsonObject): Promise<string>;
  /** Declares the groups, and what else is given. Does not wait. */
  apply(groups: JsonObject, more?: JsonObject): Promise<Answer>;
  /** Declares what was declared last once more, and waits until it is so, or cannot be. */
  applyAgain(): Promise<Answer>;
  detail(group: string): Promise<GroupDetail>;
  /** Waits until the group is as declared, at this size. */
  whole(group: string, size: number): Promise<GroupDetail>;
  /** Waits until what is seen of the group is as it should be. */
  until<T>(group: string, is: (detail: GroupDetail) => T | false | undefined): Promise<T>;
  /** The group's history, each entry a line. */
  history(group: string): Promise<string>;
  /** The pids of all hypervisors here, by the id of their machine. */
  hypervisors(): ReadonlyMap<string, number>;
}

export interface Begun {
  readonly child: ChildProcess;
  said(): string;
}

/** The unikernel, built once for all tests of a file. */
function unikernel(): Promise<string> {
  built ??= buildUnikernel(kernels).then(({ elf }) => elf);
  return built;
}

let built: Promise<string> | undefined;
const kernels = join(tmpdir(), `muster-unikernel-${randomUUID()}`);
afterAll(() => rmSync(kernels, { recursive: true, force: true }));

let rooms = 0;

/** All that is started in it ends with the test. */
export async function openMachineRoom(): Promise<MachineRoom> {
  const home = mkdtempSync(join(tmpdir(), "muster-machines-"));
  onTestFinished(async () => {
    await endAllAtHome(home);
    rmSync(home, { recursive: true, force: true });
  });
  const stack = `shop-${process.pid}-${++rooms}`;
  const state = join(home, "state");
  const runtime = join(home, "run");
  for (const folder of [state, runtime]) mkdirSync(folder, { mode: 0o700 });
  const env = {
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    MUSTER_STATE_DIR: state,
    MUSTER_CACHE_DIR: join(tmpdir(), "muster-tests-cache"),
  };
  const options = { cwd: home, env };
  const socket = join(runtime, "muster/muster.sock");
  const images = join(state, "images");
  const machines = join(state, "vm");
  const declared = join(home, "stack.json");

  async function detail(group: string): Promise<GroupDetail> {
    const answer = await ask(socket, groupPath(stack, group));
    if (answer?.status !== 200) throw new Error(`${group}: ${JSON.stringify(answer)}`);
    return answer.body as GroupDetail;
  }

  const room: MachineRoom = {
    home,
    stack,
    machines,
    images,
    async serve(more = {}, through = []) {
      const life = startLife(MUSTER, { ...env, ...more }, through);
      onTestFinished(() => life.kill());
      if (!(await life.ready)) throw new Error(`muster serve does not answer:\n${life.said()}`);
      return life;
    },
    ask: (...args) =>
      new Promise((resolve) => {
        const limits = { ...options, timeout: LONGEST_MS, maxBuffer: 64 << 20 };
        const child = execFile(process.execPath, [MUSTER, ...args], limits, (error, out, complaints) => {
          const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
          resolve({ code, said: out + complaints });
        });
        child.stdin?.end();
      }),
    async muster(...args) {
      const { code, said } = await room.ask(...args);
      if (code !== 0) throw new Error(`muster ${args.join(" ")} ended with ${code}:\n${said}`);
      return said;
    },
    begin(...args) {
      const child = spawn(process.execPath, [MUSTER, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (part: string) => {
          said += part;
        });
      }
      onTestFinished(() => void child.kill("SIGKILL"));
      return { child, said: () => said };
    },
    async build(name, more = {}) {
      const manifest = {
        ...{
          image: name,
          kind: "unikernel",
          kernel: await unikernel(),
          args: ["greeting=hi"],
          ports: [8080],
          memory: "4MiB",
        },
        ...{ health: { http: { port: 8080, path: "/health" } }, ...more },
      };
      const file = join(home, `${name}.json`);
      writeFileSync(file, JSON.stringify(manifest));
      const said = await room.muster("image", "build", file);
      const [digest] = /sha256:[0-9a-f]{64}/.exec(said) ?? [];
      if (digest === undefined) throw new Error(said);
      return digest;
    },
    apply(groups, more = {}) {
      writeFileSync(declared, JSON.stringify({ stack, ...more, groups }));
      return room.ask("apply", declared, "--yes", "--no-wait");
    },
    applyAgain: () => room.ask("apply", declared, "--yes"),
    detail,
    whole: (group, size) =>
      room.until(group, (seen) => {
        const { status } = seen;
        const isWhole = seen.size === size && status !== undefined && isConverged(status) && status.ready === size;
        return isWhole && seen;
      }),
    async until(group, is) {
      let last: GroupDetail | undefined;
      return vi.waitFor(
        async () => {
          last = await detail(group);
          const answer = is(last);
          if (answer === false || answer === undefined) throw new Error(`it did not come to be: ${told(last)}`);
          return answer;
        },
        { timeout: DEADLINE_MS, interval: 50 },
      );
    },
    history: (group) => room.muster("history", `${stack}/${group}`),
    hypervisors: () =>
      new Map(
        pidsAtHome(home).flatMap((pid) => {
          const words = wordsOf(pid);
          const id = words[words.indexOf("-name") + 1];
          return words[0]?.endsWith("/qemu-system-x86_64") && id !== undefined ? [[id, pid] as const] : [];
        }),
      ),
  };
  return room;
}

function told({ status, members, seen }: GroupDetail): string {
  return JSON.stringify(
    { status, members, seen: seen.map(({ id, phase, reason }) => ({ id, phase, reason })) },
    null,
    1,
  );
}

/** Waits until it is so. */
export function until<T>(
  is: () => T | false | undefined | Promise<T | false | undefined>,
  told: () => string,
): Promise<T> {
  return vi.waitFor(
    async () => {
      const answer = await is();
      if (answer === false || answer === undefined) throw new Error(`it did not come to be:\n${told()}`);
      return answer;
    },
    { timeout: DEADLINE_MS, interval: 20 },
  );
}

/** A group of machines that boot an image, each on a port of its own. */
export function machines(image: string, size: number, more: JsonObject = {}): JsonObject {
  return {
    size,
    template: { vm: { image, ports: [{ guest: 8080, host: "${self.port}" }] } },
    ...more,
  };
}

/** Asked for by a flavor, besides what the image itself says. */
export const ASKED_OVER_HTTP = { http: { url: "http://127.0.0.1:${self.port}/health", timeout: "500ms" } } as const;

/** The ports of the members that there are, by their ids. */
export function portsOf({ seen }: GroupDetail): ReadonlyMap<string, number> {
  return new Map(
    seen.flatMap(({ id, tags }) => {
      const port = tags["muster.port"];
      return port === undefined ? [] : [[id, Number(port)] as const];
    }),
  );
}

/** What is answered, or undefined where nobody answers within the time. */
export function page(port: number, path: string, timeout = 2_000): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false, timeout }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.once("error", () => resolve(undefined));
      response.once("end", () => resolve(response.statusCode === 200 ? text : undefined));
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(undefined));
  });
}

/** The machines that have a directory there. */
export function homesIn(machines: string): readonly string[] {
  return readdirSync(machines).filter((name) => /^\.?v-/.test(name));
}

/** The image of each member, by its id. */
export function imagesOf({ seen }: GroupDetail): ReadonlyMap<string, unknown> {
  return new Map(seen.map(({ id, properties }) => [id, properties["image"]]));
}

/** Where an image lies. */
export function folderOfImage(images: string, digest: string): string {
  return join(images, digest.replace(":", "-"));
}

/** What stands in the way of a group, as its state tells it; undefined where nothing does. */
export function whyStalled({ status }: GroupDetail): string | undefined {
  const stalled = status && conditionOf(status, "Stalled");
  return stalled?.holds === true ? stalled.message : undefined;
}
