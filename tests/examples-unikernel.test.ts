/** From source to three machines, as examples/unikernel has it: gcc, QEMU, the real command, and somebody who asks on. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readDocument } from "@muster/declaration";
import { expect, it } from "vitest";
import { type ExampleRoom, openExample, until } from "./support/example-room.ts";
import { beginMembersLoad } from "./support/members-load.ts";
import { lackingOf } from "./support/programs.ts";

const lacking = lackingOf(["gcc", "qemu-system-x86_64", "bash", "curl"]);
if (lacking.length > 0) {
  process.stdout.write(`There is no ${lacking.join(" and no ")} here: examples/unikernel is not tried\n`);
}

const MUSTER_GUESTS = join(import.meta.dirname, "../packages/providers/vm/guests");
const PIPELINE = ["bash", "pipeline.sh"] as const;
const DIGEST = /^sha256:[0-9a-f]{64}$/m;

it.skipIf(lacking.length > 0)(
  "goes from source to three machines, to another version, and back from a mistake, and everybody is answered",
  { timeout: 600_000 },
  async () => {
    const room = openExample("unikernel", { MUSTER_GUESTS });
    const { said } = room.serve();
    await until(() => said().includes("serving at"), said);

    const first = await room.script(PIPELINE);
    const digest = DIGEST.exec(first)?.[0];
    expect(first).toContain(`${digest}  whole\n`);
    expect(first.match(/answers 200: hello from version 1, web-\d/g)).toHaveLength(3);
    expect(readdirSync(join(room.folder, "registry")).sort()).toEqual(["names", digest?.replace(":", "-")]);

    const load = beginMembersLoad(join(room.folder, "members"), (body) => body.split(",")[0] ?? "");
    const second = await room.script(PIPELINE, { VERSION: "2" });
    expect(DIGEST.exec(second)?.[0]).not.toBe(digest);
    expect(second.match(/answers 200: hello from version 2, web-\d/g)).toHaveLength(3);

    const before = membersOf(room);
    const mistake = await room.script([...PIPELINE, "panic"]);
    expect(mistake).toMatch(/error\[image\.ended\]: `hello` has ended: the guest panicked/);
    expect(mistake).toMatch(/error\[rollout\.reverted\]: .*: the guest panicked/);
    expect(mistake).toMatch(/^== All of [1-9]\d* requests were answered, and it is as it was before$/m);
    expect(membersOf(room)).toEqual(before);

    const back = await room.script(PIPELINE);
    expect(DIGEST.exec(back)?.[0]).toBe(digest);
    expect(back.match(/answers 200: hello from version 1, web-\d/g)).toHaveLength(3);
    await load.end();

    expect([...load.answers.keys()].sort()).toEqual(["200 hello from version 1", "200 hello from version 2"]);
    expect(load.count()).toBeGreaterThan(100);
  },
);

it.skipIf(lacking.length > 0)("says that there must be a Muster that keeps what is rolled out", async () => {
  const room = openExample("unikernel", { MUSTER_GUESTS });
  await expect(room.script(PIPELINE)).rejects.toThrow("There is no Muster that keeps what is rolled out");
  expect(readdirSync(join(room.folder, "build"))).toEqual([]);
});

function membersOf({ folder }: ExampleRoom): readonly string[] {
  return readFileSync(join(folder, "members"), "utf8").split("\n").sort();
}

it("has a CI file that does the same: a good one, a mistake, and the way back", async () => {
  const file = join(import.meta.dirname, "../examples/unikernel/ci.yml");
  const { data } = await readDocument(file, { env: {}, sdk: "", print: () => undefined });
  const steps = expect.arrayContaining([{ run: "./pipeline.sh" }, { run: "./pipeline.sh panic" }]);
  expect(data).toMatchObject({ jobs: { hello: { steps } } });
});
