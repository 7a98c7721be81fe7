import { expect, it } from "vitest";
import { checkText } from "./check-text.ts";
import type { Json } from "./json.ts";

it.each<[string, Json, string | undefined, string]>([
  ["port", 8080, undefined, "port 8080"],
  ["http", "http://ann:secret@a/b?key=1#c", undefined, "http http://a/b"],
  ["http", "http://127.0.0.1:${self.port}/?key=1", undefined, "http http://127.0.0.1:${self.port}/"],
  ["command", ["curl", "-H", "Authorization: x"], undefined, "command curl …"],
  ["command", "curl -H 'Authorization: x'", undefined, "command curl …"],
  ["command", ["true"], undefined, "command true"],
  ["file", "/etc/motd", "the greeting", "the greeting"],
  ["file", `/${"a".repeat(200)}`, undefined, `file /${"a".repeat(113)}…`],
])("of %s %j is what everybody may read", (kind, subject, title, text) => {
  expect(checkText({ kind, subject, title })).toBe(text);
});
