import { describe, expect, it } from "vitest";
import { commandTask, commandTaskProperties, questionsOf } from "./index.ts";

const command = ["true"];

function refusalsOf(want: object): readonly string[] {
  const parsed = commandTaskProperties.safeParse({ name: "a", command, ...want });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("a command", () => {
  it("is refused where it would run at every look, with the ways out", () => {
    const [refusal] = refusalsOf({});
    expect(refusal).toContain("would run at every look");
    for (const way of ["`creates`", "`onlyIf`", "`unless`", "`refreshOnly: true`", "`notify`"]) {
      expect(refusal).toContain(way);
    }
    expect(refusalsOf({ refreshOnly: false })).toHaveLength(1);
  });

  it.each([
    { creates: "/a" },
    { onlyIf: command },
    { unless: [command, command] },
    { refreshOnly: true },
    { refreshOnly: false, creates: "/a" },
    { creates: "/a", cwd: "/", env: { A: "b", KEY: { secret: { env: "KEY" } } }, user: "root", timeout: "1h" },
    { creates: "/a", returns: [0, 3] },
  ])("is declared with %j", (want) => {
    expect(refusalsOf(want)).toEqual([]);
  });

  it.each([
    [{ refreshOnly: true, creates: "/a" }, "refreshOnly: is never due by itself"],
    [{ command: "true", creates: "/a" }, "command: must be a list of a program and its arguments"],
    [{ command: [], creates: "/a" }, "command.0: "],
    [{ onlyIf: "true" }, "onlyIf: must be a list of a program"],
    [{ onlyIf: [] }, "onlyIf: "],
    [{ creates: "a" }, "creates: must be an absolute path"],
    [{ creates: "/a", cwd: "a" }, "cwd: must be an absolute path"],
    [{ creates: "/a", timeout: "0s" }, "timeout: must be a duration"],
    [{ creates: "/a", timeout: "25h" }, "timeout: must be a duration"],
    [{ creates: "/a", returns: [] }, "returns: "],
    [{ creates: "/a", returns: [256] }, "returns.0: "],
    [{ creates: "/a", env: { "A=B": "c" } }, "env.A=B: "],
    [{ creates: "/a", shell: true }, "Unrecognized key"],
  ])("is not declared with %j", (want, words) => {
    expect(refusalsOf(want).join("\n")).toContain(words);
  });

  it("asks one question or several", () => {
    expect(questionsOf(["test", "-e", "/a"])).toEqual([["test", "-e", "/a"]]);
    expect(questionsOf([["a"], ["b", "c"]])).toEqual([["a"], ["b", "c"]]);
    expect(questionsOf(undefined)).toEqual([]);
  });

  it("rests on where it runs, where it makes something, and on programs by their paths", () => {
    const rests = (want: object) => commandTask.restsOn?.({ name: "a", command: ["true"], ...want });
    expect(rests({})).toEqual([]);
    expect(rests({ command: ["/opt/tool/run", "/etc/x"] })).toEqual(["/opt", "/opt/tool", "/opt/tool/run"]);
    expect(rests({ cwd: "/srv/app", creates: "/srv/app/out/done" })).toEqual(["/srv", "/srv/app", "/srv/app/out"]);
    expect(rests({ unless: [["/opt/ask"], ["test"]], onlyIf: ["/usr/ask"] })).toEqual([
      "/usr",
      "/opt",
      "/usr/ask",
      "/opt/ask",
    ]);
  });
});
