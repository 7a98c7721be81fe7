import { isObject } from "@muster/model";
import { describe, expect, it } from "vitest";
import { entriesText, type ResourceEntry, withEntries } from "./entries.ts";
import { parseYaml } from "./yaml.ts";

const motd: ResourceEntry = {
  type: "file",
  name: "/etc/motd",
  properties: { content: "Hi ${HOME}\n$${x}\n", mode: "0644" },
  notes: [],
};
const web: ResourceEntry = { type: "droplet", name: "web-1", properties: { tags: ["a"], size: 5 }, notes: ["id 7"] };

describe("things as entries of a stack", () => {
  it("are YAML, in which texts mean themselves", async () => {
    expect(await entriesText([motd, web], "yaml")).toBe(
      [
        "resources:",
        "  file:",
        "    /etc/motd:",
        "      content: |",
        "        Hi $${HOME}",
        "        $$${x}",
        '      mode: "0644"',
        "  droplet:",
        "    # id 7",
        "    web-1:",
        "      tags:",
        "        - a",
        "      size: 5",
        "",
      ].join("\n"),
    );
  });

  it("are TypeScript", async () => {
    expect(await entriesText([web, motd], "ts")).toBe(
      [
        "resources: {",
        "  droplet: {",
        "    // id 7",
        '    "web-1": {',
        "      tags: [",
        '        "a",',
        "      ],",
        "      size: 5,",
        "    },",
        "  },",
        "  file: {",
        '    "/etc/motd": {',
        '      content: "Hi $${HOME}\\n$$${x}\\n",',
        '      mode: "0644",',
        "    },",
        "  },",
        "},",
        "",
      ].join("\n"),
    );
  });

  it("are JSON, also where there are none", async () => {
    expect(JSON.parse(await entriesText([web], "json"))).toEqual({
      resources: { droplet: { "web-1": { tags: ["a"], size: 5 } } },
    });
    expect(await entriesText([], "json")).toBe('{\n  "resources": {}\n}\n');
    expect(await entriesText([], "yaml")).toBe("");
  });
});

describe("entries put into a stack", () => {
  const put = (text: string) => withEntries(text, "shop.yaml", [motd]);
  const entry = ["/etc/motd:", "  content: |", "    Hi $${HOME}", "    $$${x}", '  mode: "0644"'];
  const indented = (columns: number) => entry.map((line) => " ".repeat(columns) + line).join("\n");

  it("come after those of their type; what was written stays as it was", async () => {
    const before = "# ours\nstack: shop   # so\nresources:\n  file:\n    /a: {mode: '0600'}   # keep\n";
    const after = "\n# members\ngroups: {}\n";
    expect(await put(before + after)).toBe(`${before}${indented(4)}\n${after}`);
  });

  it("come under their type, where that is new", async () => {
    const before = "stack: shop\nresources:\n  note:\n    a:\n      text: |\n        x\n";
    expect(await put(`${before}groups: {}\n`)).toBe(`${before}  file:\n${indented(4)}\ngroups: {}\n`);
  });

  it("come at the end, where there are no resources; also where the last line has no end", async () => {
    expect(await put("stack: shop")).toBe(`stack: shop\nresources:\n  file:\n${indented(4)}\n`);
    expect(await put("stack: shop\n\n# end\n")).toContain("# end\n");
  });

  it("are indented as the stack is", async () => {
    const before = "stack: shop\nresources:\n    file:\n        /a:\n            mode: '0600'\n";
    expect(await put(before)).toBe(`${before}${indented(8)}\n`);
  });

  it("are put into braces, too", async () => {
    const { data } = parseYaml(await put('{stack: shop, resources: {file: {/a: {mode: "0600"}}}}'), "shop.yaml");
    expect(isObject(data) && data["resources"]).toEqual({ file: { "/a": { mode: "0600" }, "/etc/motd": motdWritten } });
    expect(parseYaml(await put("stack: shop\nresources:\n"), "shop.yaml").data).toEqual({
      ...{ stack: "shop", resources: { file: { "/etc/motd": motdWritten } } },
    });
  });
  const motdWritten = { content: "Hi $${HOME}\n$$${x}\n", mode: "0644" };

  it("are not put there twice", async () => {
    await expect(put(await put("stack: shop\n"))).rejects.toThrow("it is declared in shop.yaml already");
  });
});

describe("the text of a file, put into a stack", () => {
  const stacks = [
    "stack: shop\n",
    "stack: shop",
    "stack: shop\nresources:\n  file:\n    /b: { content: b }\ngroups: {}\n",
    "stack: shop\nresources:\n file:\n  /b:\n   content: |\n    b",
    "stack: shop\nresources:\n    file:\n        /b:\n            content: |+\n                b\n\n\n",
    "stack: shop\nresources: {file: {/b: {content: b}}}\n",
  ];
  const readsBack = async (content: string) => {
    const entry = { type: "file", name: "/a", properties: { content, mode: "0644" }, notes: [] };
    const written = { content: content.replaceAll("${", () => "$${"), mode: "0644" };
    for (const stack of stacks) {
      const before = parseYaml(stack, "shop.yaml").data;
      const { data } = parseYaml(await withEntries(stack, "shop.yaml", [entry]), "shop.yaml");
      const [was, is] = [before, data].map((each) =>
        isObject(each) && isObject(each["resources"]) ? each["resources"] : {},
      );
      const others = isObject(was?.["file"]) ? was["file"] : {};
      expect(is?.["file"]).toEqual({ ...others, "/a": written });
    }
    const { data } = parseYaml(await entriesText([entry], "yaml"), "shop.yaml");
    expect(data).toEqual({ resources: { file: { "/a": written } } });
  };

  it.each(
    [
      [
        "x   \n\n\n",
        "\n",
        "",
        " ",
        "\t\n",
        "  a\n b\n",
        "a\n  b\n\tc\n",
        "a\r\nb\r\n",
        "a\n\n",
        "a",
        "a\nb",
        "a \nb\n",
      ],
      [
        "# a\nb\n",
        "a: b\n- c\n",
        "---\na\n...\n",
        "\ufeffa\n",
        "a\u2028b\u0085c\n",
        "a\u001b[2J\n",
        "${a} $${b}\n",
        "null",
        "1",
      ],
      [
        "\na\n",
        "\n\n  a\n",
        `${"long ".repeat(60)}\n`,
        `${"long ".repeat(60)}x\ny`,
        "\\n\n",
        "'\"\n",
        "a\n \nb\n",
        "%a\n",
        "😀\n",
      ],
    ].flat(),
  )("is read back as it is: %j", readsBack);

  it("is read back as it is, whatever it is made of", async () => {
    const pieces = [
      "\n",
      "\n",
      " ",
      "\t",
      "\r",
      "a",
      "# b",
      ": ",
      "- ",
      "\\",
      '"',
      "'",
      "${",
      "{{",
      "|",
      "é",
      "\u00a0",
    ];
    // The same texts each time: a small generator of the kind of Lehmer's.
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let text = 0; text < 150; text++) {
      await readsBack(Array.from({ length: next(12) }, () => pieces[next(pieces.length)] ?? "").join(""));
    }
  });
});
