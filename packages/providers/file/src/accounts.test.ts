import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { accountsOf } from "./accounts.ts";
import { freshDirectory } from "./test/surroundings.ts";

describe("accounts", () => {
  it("have the first of several names, or a number where there is none", () => {
    const file = join(freshDirectory(), "passwd");
    writeFileSync(file, "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n\n# rubbish\nbad:x:y:0\n");
    const users = accountsOf("user", file);
    expect(users.nameOf(0)).toBe("root");
    expect(users.idOf("root")).toBe(0);
    expect(users.nameOf(7)).toBe("7");
    expect(users.idOf("7")).toBe(7);
    expect(() => users.idOf("toor")).toThrow("is called `root`");
    expect(() => users.idOf("bad")).toThrow("there is no user `bad`");
  });

  it("are read again when their file changes, a turn later, and are numbers where there is no file", async () => {
    const file = join(freshDirectory(), "group");
    const groups = accountsOf("group", file);
    expect(groups.nameOf(5)).toBe("5");
    writeFileSync(file, "web:x:5:\n");
    await nextTurn();
    expect(groups.nameOf(5)).toBe("web");
    writeFileSync(file, "web:x:5:\nother:x:6:a,b\n");
    await nextTurn();
    expect(groups.idOf("other")).toBe(6);
  });
});
