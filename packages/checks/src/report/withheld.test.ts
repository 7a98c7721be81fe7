import { expect, it } from "vitest";
import type { Result } from "../verify.ts";
import { withheld } from "./withheld.ts";

const failed = (kind: string, property: string, expected: string, found: string): Result => ({
  ...{ kind, subject: "s", property, target: "local", verdict: "fail", expected, found, difference: `- ${found}` },
});

it.each([
  ["file", "content", '"a"', '"hunter2\\"\\nmore"', "another text"],
  ["file", "content", 'contains "a"', '"cut off… (900 characters)', "another text"],
  ["file", "content", 'pin: "1"', "pin: 271828", "pin: another value"],
  ["file", "content", "keys: length 2", 'keys: ["hunter2",3]', "keys: another value"],
  ["http", "body", "jobs: at most 5", "jobs: 7", "jobs: 7"],
  ["http", "body", "jobs: at most 5", 'jobs: "7"', "jobs: another text"],
  ["http", "body", 'a: "at most 5"', "a: 271828", "a: another value"],
  ["http", "headers", 'x-key: "a"', 'x-key: "hunter2"', "x-key: another text"],
  ["command", "stdout", '"a"', '"hunter2"', "another text"],
])("withholds what was found of %s %s, expected %s: %s", (kind, property, expected, found, told) => {
  const { difference, ...rest } = withheld(failed(kind, property, expected, found));
  expect([difference, rest.found]).toEqual([undefined, told]);
});

it.each([
  ["file", "mode", '"0644"', '"0600"'],
  ["http", "status", "200", "503"],
  ["no-such-kind", "content", '"a"', '"b"'],
])("leaves what is nobody's secret: %s %s", (...result) => {
  expect(withheld(failed(...result))).toEqual(failed(...result));
});
