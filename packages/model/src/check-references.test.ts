import { expect, it } from "vitest";
import type { Check, Matcher } from "./check.ts";
import { checkReferencesIn, resolveCheck } from "./check-references.ts";
import type { Json } from "./json.ts";

const checkOf = (subject: Json, matcher: Matcher, more: Partial<Check> = {}): Check => ({
  ...{ kind: "http", subject, options: {}, statements: [{ property: "body", matcher }] },
  ...more,
});

const values: Readonly<Record<string, Json>> = {
  ...{ "${self.port}": "20001", "${self.size}": 3, "${self.dot}": "a.b" },
  "${droplet.web.1.public_address}": "192.0.2.7",
};
const resolve = (check: Check) => resolveCheck(check, ({ text }) => values[text]);

it("tells a member's own words from values of resources, and both from what is a shell's", () => {
  const text = "${self.port} ${droplet.web.1.public_address} ${HOME} $${self.port} ${droplet.web} ${self.a.b}";
  expect(checkReferencesIn(text)).toEqual([
    { of: "self", text: "${self.port}", word: "port" },
    {
      ...{ of: "resource", text: "${droplet.web.1.public_address}" },
      ...{ address: "droplet.web.1", property: "public_address" },
    },
  ]);
});

it("puts values into the subject, the options, the title and every matcher", () => {
  const within: Matcher = {
    word: "every",
    of: [
      { word: "contains", value: "port ${self.port}" },
      { word: "json", path: "a", of: { word: "not", of: { word: "oneOf", values: ["${self.port}", "x"] } } },
    ],
  };
  const options = { requestHeaders: { host: "${droplet.web.1.public_address}" } };
  const { check, unknown } = resolve(
    checkOf("http://127.0.0.1:${self.port}/", within, { options, title: "at ${self.port}" }),
  );
  expect(unknown).toEqual([]);
  expect(check).toEqual({
    ...{ kind: "http", subject: "http://127.0.0.1:20001/", title: "at 20001" },
    options: { requestHeaders: { host: "192.0.2.7" } },
    statements: [
      {
        property: "body",
        matcher: {
          word: "every",
          of: [
            { word: "contains", value: "port 20001" },
            { word: "json", path: "a", of: { word: "not", of: { word: "oneOf", values: ["20001", "x"] } } },
          ],
        },
      },
    ],
  });
});

it("gives the value itself where a text is nothing but a reference", () => {
  const { check } = resolve(checkOf("${self.size}", { word: "equals", value: "${self.size} of them" }));
  expect(check.subject).toBe(3);
  expect(check.statements[0].matcher).toEqual({ word: "equals", value: "3 of them" });
});

it("has what is put into an expression stand for itself", () => {
  const patternOf = (pattern: string) =>
    resolve(checkOf("a", { word: "matches", pattern })).check.statements[0].matcher;
  expect(patternOf("^${self.dot}$")).toEqual({ word: "matches", pattern: "^a\\.b$" });
  expect(patternOf("${self.dot}")).toEqual({ word: "matches", pattern: "a\\.b" });
});

it("leaves what nobody knows as it is written, and says so", () => {
  const { check, unknown } = resolve(
    checkOf("http://${self.id}:${self.port}/", { word: "equals", value: "${self.id}" }),
  );
  expect(unknown).toEqual(["${self.id}"]);
  expect(check.subject).toBe("http://${self.id}:20001/");
});

it("writes `${` for `$${`, and leaves a shell's variables alone", () => {
  const { check, unknown } = resolve(checkOf("$${self.port} ${HOME} ${a.b}", { word: "equals", value: "$${x}" }));
  expect([check.subject, check.statements[0].matcher, unknown]).toEqual([
    "${self.port} ${HOME} ${a.b}",
    { word: "equals", value: "${x}" },
    [],
  ]);
});
