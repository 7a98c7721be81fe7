/** What becomes of a group when its image is built anew, is bad, or was changed: the real command, real machines, people who ask. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readRecords } from "./crash/records.ts";
import { panickingKernel } from "./support/bare-kernels.ts";
import {
  canBoot,
  folderOfImage,
  imagesOf,
  type MachineRoom,
  machines,
  openMachineRoom,
  page,
  portsOf,
  tellWhatIsLeftOut,
  until,
  whyStalled,
} from "./support/machine-room.ts";

tellWhatIsLeftOut("what becomes of a group when its image is changed");

describe.skipIf(!canBoot)("a group whose image is built anew (needs QEMU and a C compiler)", () => {
  it("is rolled to it, goes back from a bad one, and somebody answers all the time", { timeout: 120_000 }, async () => {
    const room = await openMachineRoom();
    const first = await room.build("shop", { args: ["greeting=first"] });
    await room.serve();
    const door = join(room.home, "door");
    const content = "{{#each groups.web}}\n{{port}}\n{{/each}}\n";
    const more = {
      providers: { file: { root: room.home } },
      // Whoever is no longer named may still be asked for so long.
      resources: { file: { [door]: { content, notify: { command: ["true"], settle: "300ms" } } } },
    };
    await room.apply({ web: machines("shop", 4, { rollout: { onFailure: "revert" } }) }, more);
    const before = await room.whole("web", 4);
    expect(await declaredImage(room)).toBe(first);

    // The name means another one now, and nothing follows from that until somebody declares it.
    const bad = await room.build("shop", { kernel: panickingKernel(room.home) });
    const [killed = ""] = portsOf(before).keys();
    process.kill(room.hypervisors().get(killed) ?? 0, "SIGKILL");
    await room.until("web", ({ seen }) => !seen.some(({ id }) => id === killed));
    const healed = await room.whole("web", 4);
    expect(new Set(imagesOf(healed).values())).toEqual(new Set([first]));
    await until(
      () => portsNamed(door).length === 4,
      () => readFileSync(door, "utf8"),
    );

    const asked = askOn(door);
    const reverted = await room.applyAgain();
    expect(reverted.code).toBe(1);
    expect(reverted.said).toMatch(
      /error\[rollout.reverted\]: .* 1 of 1 new members failed: v-[0-9a-f]{12}: the guest panicked/,
    );
    expect(await declaredImage(room)).toBe(bad);
    const back = await room.until("web", (seen) => seen.status?.ready === 4 && seen);
    expect(imagesOf(back)).toEqual(imagesOf(healed));
    expect(room.hypervisors().size).toBe(4);

    const good = await room.build("shop", { args: ["greeting=third"] });
    expect(await room.applyAgain()).toMatchObject({ code: 0 });
    expect(await declaredImage(room)).toBe(good);
    const third = await room.whole("web", 4);
    expect(new Set(imagesOf(third).values())).toEqual(new Set([good]));
    const rounds = await asked.end();
    // One that is killed is away until another has come: that was before. By our own hand nobody was missing.
    expect(rounds.filter(({ named, answered }) => named < 4 || answered < named)).toEqual([]);
    expect(rounds.length).toBeGreaterThan(20);
    for (const port of portsOf(third).values()) expect(await page(port, "/")).toContain('"greeting":"third"');
    expect(room.hypervisors().size).toBe(4);
  });
});

describe.skipIf(!canBoot)("an image that was changed after it was built (needs QEMU and a C compiler)", () => {
  it("is refused, heals no member, and heals it when it is whole again", { timeout: 120_000 }, async () => {
    const room = await openMachineRoom();
    const digest = await room.build("hello");
    const kernel = join(folderOfImage(room.images, digest), "kernel");
    const whole = readFileSync(kernel);
    const change = (bytes: Buffer) => {
      chmodSync(kernel, 0o600);
      writeFileSync(kernel, bytes);
    };
    const changed = Buffer.concat([whole, Buffer.from("x")]);
    await room.serve();

    change(changed);
    const refused = await room.apply({ web: machines("hello", 3) });
    expect(refused.code).toBe(2);
    expect(refused.said).toContain(`image \`${digest}\` is not what its digest says: kernel has the digest`);
    expect(await room.muster("group", "ls")).toContain("No groups.");

    change(whole);
    await room.apply({ web: machines("hello", 3) });
    const [killed = "", ...others] = portsOf(await room.whole("web", 3)).keys();
    const pids = room.hypervisors();
    change(changed);
    process.kill(pids.get(killed) ?? 0, "SIGKILL");
    const reason = await room.until("web", whyStalled);
    expect(reason).toMatch(/^creating failed once: .*is not what its digest says: kernel has the digest/);
    await room.until("web", (seen) => whyStalled(seen)?.startsWith("creating failed 2 times: "));
    for (const id of others) expect(room.hypervisors().get(id)).toBe(pids.get(id));

    change(whole);
    await room.whole("web", 3);
    expect((await room.history("web")).match(/\+ created /g)).toHaveLength(4);
  });
});

/** The image in the declaration as it is kept. */
async function declaredImage({ home, stack }: MachineRoom): Promise<unknown> {
  const { declarations } = await readRecords(join(home, "state/store.sqlite"), 0);
  const text = JSON.stringify(declarations.find((each) => each.stack === stack)?.document);
  return /"image":"([^"]*)"/.exec(text)?.[1];
}

function portsNamed(door: string): readonly number[] {
  return readFileSync(door, "utf8").split("\n").filter(Boolean).map(Number);
}

interface Round {
  readonly named: number;
  readonly answered: number;
}

/** Asks all that the file names, again and again. */
function askOn(door: string) {
  const rounds: Round[] = [];
  const enough = new AbortController();
  const asking = (async () => {
    while (!enough.signal.aborted) {
      const ports = portsNamed(door);
      const answers = await Promise.all(ports.map((port) => page(port, "/")));
      rounds.push({ named: ports.length, answered: answers.filter((text) => text !== undefined).length });
      await pass(20);
    }
  })();
  return {
    async end(): Promise<readonly Round[]> {
      enough.abort();
      await asking;
      return rounds;
    },
  };
}
