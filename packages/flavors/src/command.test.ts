import type { JsonObject } from "@muster/model";
import type { Flavor } from "@muster/plugin";
import { expect, it } from "vitest";
import { commandIn } from "./command.ts";
import { member, wrongWith } from "./test/members.ts";

const slots = { kind: "numbered", size: 1 } as const;
const surroundings = { PATH: process.env["PATH"], HOME: "/home/ann", TOKEN: "s3cret", DEBUG: "1" };
const command: Flavor = commandIn(surroundings);

function says(script: string, more: JsonObject = {}) {
  return command.health?.(member, { command: ["sh", "-c", script], timeout: "20s", ...more });
}

it("calls those healthy of whom the command says so, with its last line as the reason for others", async () => {
  expect(await says("exit 0")).toEqual({ kind: "pass" });
  expect(await says("echo asking; echo it is ill; exit 2")).toEqual({
    kind: "fail",
    reason: "sh exited with 2: it is ill",
  });
  expect(await says("sleep 300", { timeout: "50ms" })).toMatchObject({ kind: "fail" });
  expect(await command.health?.(member, { command: ["no-such-program"] })).toMatchObject({ kind: "unknown" });
});

it("runs nothing about a member that does not run", async () => {
  const ended = { ...member, phase: "ended", reason: "exit code 1" } as const;
  expect(await command.health?.(ended, { command: ["true"] })).toEqual({ kind: "fail", reason: "exit code 1" });
});

it("tells the command of whom it is asked, and nothing of Muster's environment but where things are", async () => {
  const seen = 'echo "$MUSTER_STACK $MUSTER_GROUP $MUSTER_SLOT $MUSTER_ID $MUSTER_PORT $HOME$TOKEN$DEBUG"; exit 1';
  expect(await says(seen)).toMatchObject({ reason: "sh exited with 1: shop web a m-1 8080 /home/ann" });
  const { "muster.port": _, ...tags } = member.tags;
  const properties = { command: ["sh", "-c", 'test -z "${MUSTER_PORT+set}"'], timeout: "20s" };
  expect(await command.health?.({ ...member, tags }, properties)).toEqual({ kind: "pass" });
});

it("gives it what is declared, secrets too, and shows no secret in a reason", async () => {
  const env = { MUSTER_SLOT: "b", KEY: { secret: { env: "TOKEN" } } };
  expect(await says('test "$KEY$MUSTER_SLOT" = s3cretb', { env })).toEqual({ kind: "pass" });
  expect(await says('echo "$KEY is no key"; exit 1', { env })).toEqual({
    kind: "fail",
    reason: "sh exited with 1: *** is no key",
  });
  const missing = says("true", { env: { KEY: { secret: { env: "NOT_THERE" } } } });
  await expect(missing).rejects.toMatchObject({ kind: "retryable", message: expect.stringContaining("NOT_THERE") });
});

it("refuses a program that is another one wherever Muster is started", async () => {
  const refusal = command.validate?.({ command: ["./check.sh"] }, slots);
  await expect(refusal).rejects.toMatchObject({ kind: "invalid", message: expect.stringContaining("absolute path") });
  await command.validate?.({ command: ["/usr/bin/true"] }, slots);
  await command.validate?.({ command: ["curl", "./x"] }, slots);
});

it("needs a program", () => {
  expect(wrongWith(command, { command: ["curl", "-f"] })).toBeUndefined();
  for (const wrong of [[], [""], "curl"]) expect(wrongWith(command, { command: wrong })).toBeDefined();
});
