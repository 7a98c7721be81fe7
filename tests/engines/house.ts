/**
 * A house of its own for an engine: no network but its own loopback, and numbers of processes of its own, so that
 * everything that was started ends when the house does, however that comes.
 */
import { spawnSync } from "node:child_process";
import { PARTS } from "./parts.ts";

const HOUSE = ["--net", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"];

/** Why there can be none here; undefined where there can. */
export function hindranceToHouse(): string | undefined {
  if (process.getuid?.() !== 0) return "it needs root";
  const { status, stderr } = spawnSync("unshare", [...HOUSE, "true"], { encoding: "utf8", timeout: 20_000 });
  return status === 0 ? undefined : `no namespaces can be made: ${stderr?.trim() || "there is no `unshare`"}`;
}

/** The words that run these words inside. The first process of a house buries its dead. */
export function inHouse(words: readonly string[]): readonly [string, ...string[]] {
  return ["unshare", ...HOUSE, PARTS.init.command, "--", ...words];
}
