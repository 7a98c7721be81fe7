import { describe, expect, it } from "vitest";
import { type FormProblem, formOf } from "./form.ts";

function problems(text: string): readonly string[] {
  const noted: FormProblem[] = [];
  formOf(text, (problem) => noted.push(problem));
  return noted.map(({ at, detail }) => `${at}: ${detail}`);
}

describe("a form", () => {
  it("without tags is its text", () => {
    expect(formOf("Welcome { $host }\n", fail)).toEqual([{ kind: "text", text: "Welcome { $host }\n" }]);
    expect(formOf("", fail)).toEqual([]);
  });

  it("has loops over groups, words of members, and what stands there where nobody is", () => {
    expect(formOf("a {{#each groups.web}}:{{ port }};{{else}}down{{/each}} b", fail)).toEqual([
      { kind: "text", text: "a " },
      {
        ...{ kind: "each", group: "web", at: 2 },
        body: [
          { kind: "text", text: ":" },
          { kind: "word", word: "port", at: 23 },
          { kind: "text", text: ";" },
        ],
        otherwise: [{ kind: "text", text: "down" }],
      },
      { kind: "text", text: " b" },
    ]);
  });

  it("loses the lines of tags that stand alone on them, and no others", () => {
    const text = "upstream {\n  {{#each groups.web}}\n  {{slot}}\n  {{/each}}\n}\n";
    expect(formOf(text, fail)).toMatchObject([
      { text: "upstream {\n" },
      { body: [{ text: "  " }, { word: "slot" }, { text: "\n" }] },
      { text: "}\n" },
    ]);
  });

  it("asks whether a group has a member, and a member a word", () => {
    expect(formOf("{{#if groups.a.b}}x{{/if}}", fail)).toMatchObject([{ asks: { kind: "group", group: "a.b" } }]);
    const inner = formOf("{{#each groups.web}}{{#if tags.zone.1}}{{tags.zone.1}}{{else}}-{{/if}}{{/each}}", fail);
    expect(inner).toMatchObject([
      { body: [{ kind: "if", asks: { word: "tags.zone.1" }, otherwise: [{ text: "-" }] }] },
    ]);
  });

  it("has braces of its own where they have a backslash", () => {
    expect(formOf("\\{{x}}", fail)).toEqual([
      { kind: "text", text: "{{" },
      { kind: "text", text: "x}}" },
    ]);
  });
});

describe("what is wrong with a form", () => {
  it.each([
    ["{{prot}}", "0: `{{prot}}` is not known (did you mean `port`?)"],
    ["a {{port}}", "2: `{{port}}` is a word of a member, and there is none here"],
    ["{{#each groups.web}}{{else}}{{slot}}{{/each}}", "28: `{{slot}}` is a word of a member, and there is none here"],
    ["{{#each web}}{{slot}}{{/each}}", "0: `{{#each web}}` names no group"],
    ["{{#eahc groups.web}}{{slot}}{{/each}}", "0: `{{#eahc groups.web}}` is not known (did you mean `each`?)"],
    ["{{#each groups.web}}x", "0: `{{#each groups.web}}` is not closed"],
    ["{{#each groups.web}}x{{/if}}", "21: `{{/if}}` stands where `{{#each groups.web}}` ends"],
    ["x{{/each}}", "1: `{{/each}}` closes nothing"],
    ["x{{else}}", "1: `{{else}}` closes nothing"],
    ["x {{ y\n}}", "2: `{{` is not closed"],
    [
      "{{#each groups.a}}{{#each groups.b}}{{/each}}{{/each}}",
      "18: `{{#each groups.b}}` stands inside of another `{{#each}}`",
    ],
    ["{{#each groups.a}}{{tags.}}{{/each}}", "18: `{{tags.}}` is not known (did you mean `tags`?)"],
  ])("%s", (text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  it("is noted all at once, and depth has an end", () => {
    expect(problems("{{a}} {{#each groups.web}}{{b}}{{/each}} {{/if}}")).toHaveLength(3);
    const deep = "{{#if groups.web}}".repeat(100_000);
    expect(problems(deep).at(0)).toContain("nested too deeply");
  });
});

function fail(problem: FormProblem): never {
  throw new Error(problem.detail);
}
