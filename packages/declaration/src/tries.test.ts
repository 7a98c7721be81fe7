import { expect, it } from "vitest";
import { documentOf } from "./kind.ts";
import { stackOf } from "./stack.ts";
import { triesOf } from "./tries.ts";
import { parseYaml } from "./yaml.ts";

function read(text: string) {
  return parseYaml(`stack: shop\ngroups: {}\n${text}`, "shop.yaml");
}

it("reads what is otherwise in copies of a stack", () => {
  const source = read(
    "try:\n  change: { owner: me }\n  platforms: { small: { groups: {} }, as-it-is: }\n  asIs: [web]\n",
  );
  expect(triesOf(source)).toEqual({
    change: { owner: "me" },
    platforms: { small: { groups: {} }, "as-it-is": {} },
    asIs: ["web"],
  });
  expect(triesOf(read(""))).toEqual({ change: {}, platforms: {}, asIs: [] });
});

it("refuses what it does not know, with the rest of the stack", () => {
  const source = read("try:\n  platform: {}\n  change: { stack: other }\n  platforms: { 'a b': { try: {} } }\n");
  const errors = [
    "`platform` is not known here (did you mean `platforms`?)",
    "`stack` is not known here",
    "`a b` cannot be used as a name",
    "`try` is not known here",
  ];
  for (const error of errors) expect(() => stackOf(documentOf(source), source)).toThrow(error);
});
