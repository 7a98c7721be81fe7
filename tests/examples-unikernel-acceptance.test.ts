/** Three layers, as examples/unikernel/acceptance.yaml asks them: it installs, it builds, it serves; and nothing is left. */
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ExampleRoom, openExample } from "./support/example-room.ts";
import { pidsAtHome } from "./support/left-behind.ts";
import { lackingOf } from "./support/programs.ts";

const ROOT = join(import.meta.dirname, "..");
const REPOSITORY = "/etc/apt/sources.list.d/debian.sources";

const lacking = [
  ...lackingOf(["gcc", "qemu-system-x86_64", "dpkg-query"]),
  ...(existsSync(REPOSITORY) ? [] : [REPOSITORY]),
];
if (lacking.length > 0) {
  process.stdout.write(
    `There is no ${lacking.join(" and no ")} here: the layers of examples/unikernel are not tried\n`,
  );
}

const TRY = ["muster", "try", "acceptance.yaml"] as const;
const NOTHING_LEFT = /^ {2}destroy +pass .*\n {2}gone +pass .* nothing is left$/m;

describe.skipIf(lacking.length > 0)("the unikernel of the examples", { timeout: 300_000 }, () => {
  it("installs, builds and serves, and is gone when that is known", async () => {
    const room = await openBuilt();
    const said = await room.script(TRY);
    expect(said).toMatch(/^ {2}create +pass .* hello 1\/1 ready$/m);
    expect(said).toMatch(/^ {2}again +pass .* nothing to change$/m);
    expect(said).toMatch(/^ {2}verify +pass .* 12 pass, 0 fail, 0 unknown$/m);
    expect(said).toMatch(NOTHING_LEFT);
    expect(pidsAtHome(room.home)).toEqual([]);
  });

  it("is gone all the same when it serves another page, which is told", async () => {
    const room = await openBuilt();
    room.edit("acceptance.yaml", "hello from", "goodbye from");
    const said = await failure(room);
    expect(said).toMatch(/^ {2}create +fail /m);
    expect(said).toMatch(/created v-/);
    expect(said).toContain("check it serves: body: expected matches /^goodbye from version");
    expect(said).toMatch(NOTHING_LEFT);
    expect(pidsAtHome(room.home)).toEqual([]);
  });

  it("is gone all the same when the compiler is too old, and its source is wrong", async () => {
    const room = await openBuilt();
    room.edit("acceptance.yaml", "'^1[2-9](", "'^99(");
    room.edit("app.c", "told.greeting);", "told.greetings);");
    const said = await failure(room, "--retry-for", "0s");
    expect(said).toMatch(/^ {2}create +pass .* hello 1\/1 ready$/m);
    expect(said).toMatch(/^ {2}verify +fail .* 9 pass, 3 fail, 0 unknown$/m);
    expect(said).toContain("fail    the compiler is one that is known to do");
    expect(said).toContain("fail    it builds");
    expect(said).toMatch(NOTHING_LEFT);
    expect(pidsAtHome(room.home)).toEqual([]);
  });
});

/** The example, with its image built, where `muster` is on the PATH. */
async function openBuilt(): Promise<ExampleRoom> {
  const programs = [join(ROOT, "node_modules/.bin"), dirname(process.execPath), process.env["PATH"]];
  const room = openExample("unikernel", {
    MUSTER_GUESTS: join(ROOT, "packages/providers/vm/guests"),
    PATH: programs.join(delimiter),
  });
  await room.script(["muster", "image", "build", "image.yaml"]);
  return room;
}

/** What it said, where it has not ended well. */
async function failure(room: ExampleRoom, ...more: readonly string[]): Promise<string> {
  const ended = await room.script([...TRY, ...more]).then(
    () => "it ended well",
    (thrown: unknown) => String(thrown),
  );
  expect(ended).toContain("muster try acceptance.yaml");
  return ended;
}
