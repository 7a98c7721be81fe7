/** What the guide shows of a terminal is typed again, page by page, and must look as it is shown. */
import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it, vi } from "vitest";
import {
  agreement,
  type Block,
  blocksOf,
  type Hashes,
  inWordsOfThePage,
  masked,
  type Shown,
} from "./support/guide-page.ts";
import { type GuideRoom, openGuideRoom } from "./support/guide-room.ts";

const ROOT = join(import.meta.dirname, "..");
const pages = globSync(join(ROOT, "docs/**/*.md"))
  .map((path) => ({ page: relative(ROOT, path), blocks: blocksOf(readFileSync(path, "utf8")) }))
  .filter(({ blocks }) => blocks.length > 0);

const PATIENCE = { timeout: 15_000, interval: 50 };

it("finds the pages that can be played", () => {
  expect(pages.map(({ page }) => page)).toContain("docs/guide/stacks.md");
});

it.concurrent.each(pages)("$page shows what happens", { timeout: 120_000 }, async ({ blocks }) => {
  const room = openGuideRoom();
  const hashes: KnownHashes = { known: new Map() };
  try {
    for (const block of blocks) await play(block, room, hashes);
  } finally {
    await room.close();
  }
});

/** Those that the page has shown so far, and what they stood for. */
interface KnownHashes {
  known: Hashes;
}

async function play(block: Block, room: GuideRoom, hashes: KnownHashes): Promise<void> {
  switch (block.kind) {
    case "file":
      return room.write(block.name, block.text);
    case "run":
      for (const command of block.commands) await playCommand(command, room, hashes);
      return;
    case "stays":
      room.start(block.name, block.command.typed);
      return expectOf(block.name, block.command.lines, room, hashes);
    case "more":
      if (block.interrupted) await room.interrupt(block.name);
      return expectOf(block.name, block.lines, room, hashes);
  }
}

/** What only looks may be asked again until it sees what is shown; what acts is done once. */
const LOOKS =
  /^(ls|cat|head|find|grep|muster (stack (ls|describe)|group (ls|describe|inspect)|instance (ls|describe)|plugin ls|events|history))\b/;

async function playCommand({ typed, lines }: Shown, room: GuideRoom, hashes: KnownHashes): Promise<void> {
  const once = async () => compare(`$ ${typed}`, lines, await room.run(typed), hashes);
  await (LOOKS.test(typed) ? vi.waitFor(once, PATIENCE) : once());
}

async function expectOf(name: string, lines: readonly string[], room: GuideRoom, hashes: KnownHashes): Promise<void> {
  const printed = () => firstOf(lines, room.printed(name), hashes);
  await vi.waitFor(() => compare(name, lines, printed(), hashes), PATIENCE);
  room.take(name, printed().length);
}

/** As many lines as are shown, if those are enough; all of them where some are left out. */
function firstOf(shown: readonly string[], printed: readonly string[], { known }: KnownHashes): readonly string[] {
  if (!shown.includes("…")) return printed.slice(0, shown.length);
  const lengths = printed.map((_, at) => at + 1);
  return printed.slice(
    0,
    lengths.find((length) => agreement(shown, printed.slice(0, length), known)) ?? printed.length,
  );
}

function compare(what: string, shown: readonly string[], printed: readonly string[], hashes: KnownHashes): void {
  const found = agreement(shown, printed, hashes.known);
  if (found === undefined) {
    const wanted = shown.map((line) => masked(line, (hash) => hash));
    expect(inWordsOfThePage(printed, hashes.known).join("\n"), what).toBe(wanted.join("\n"));
    throw new Error(`${what}: a hash stands for another than before`);
  }
  hashes.known = found;
}
