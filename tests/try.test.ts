/** `muster try`, run as a person runs it: real processes, real files, and a real kill. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BIN, type House, openHouse, until } from "../packages/cli/src/test/house.ts";
import { endAllAtHome, pidsAtHome } from "./support/left-behind.ts";

const SERVER = fileURLToPath(new URL("../examples/web/server.mjs", import.meta.url));

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  await endAllAtHome(house.dir);
  await house.close();
});

const TRIES = ".local/state/muster/tries";

/** A server that says who it is, a file, and checks of both. */
function shop(more: object = {}): object {
  const at = { PORT: "${self.port}", NAME: "${self.stack}" };
  return {
    stack: "shop",
    resources: { file: { [house.path("motd")]: { content: "hello\n" } } },
    groups: {
      web: {
        size: 1,
        template: {
          process: {
            ...{ command: process.execPath, args: [SERVER], env: at, port: "${self.port}" },
            ready: { http: { url: "http://127.0.0.1:${self.port}/health" } },
          },
        },
        checks: [
          { http: "http://127.0.0.1:${self.port}/", status: 200, body: { contains: "served by ${self.stack}" } },
        ],
      },
    },
    checks: [
      { file: house.path("motd"), exists: true, content: "hello\n" },
      { command: ["cat", house.path("motd")], stdout: "hello\n" },
    ],
    ...more,
  };
}

const NEVER_WELL = { command: { command: ["false"] } };

/** Members that never become healthy: whoever makes them waits. */
function waiting(): object {
  const template = { process: { command: "sleep", args: ["1000"] } };
  return { stack: "slow", groups: { web: { size: 2, template, flavor: NEVER_WELL } } };
}

interface Step {
  readonly step: string;
  readonly verdict: string;
  readonly message: string;
}
interface Told {
  readonly id: string;
  readonly platform: string;
  readonly verdict: string;
  readonly steps: readonly Step[];
}

function triesIn(out: string): readonly Told[] {
  return JSON.parse(out).tries;
}

function verdicts({ steps }: Pick<Told, "steps"> = { steps: [] }): string {
  return steps.map(({ step, verdict }) => `${step} ${verdict}`).join(", ");
}

/** Directories of tries, and processes: what must not be left. */
function left(): readonly unknown[] {
  const dir = house.path(TRIES);
  const names = existsSync(dir) ? readdirSync(dir).filter((name) => !name.endsWith(".json")) : [];
  return [...names, ...pidsAtHome(house.dir)];
}

describe("muster try", { timeout: 120_000 }, () => {
  it("makes a copy, applies it again, checks it, destroys it, and leaves nothing", async () => {
    const file = await house.write("shop.json", shop());
    const { code, out, err } = await house.run("try", file);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^shop · try [a-f]\d[0-9a-f]{4}\n {2}create {3}pass +\d+m?s {2}web 1\/1 ready, 1 resource\n/);
    expect(out).toMatch(/\n {2}again +pass .*nothing to change\n {2}verify +pass .*5 pass, 0 fail, 0 unknown\n/);
    expect(out).toMatch(/\n {2}destroy +pass .*\n {2}gone +pass .*nothing is left\n\nTRY {5}STACK {2}PLATFORM/);
    expect([left(), existsSync(house.path("motd"))]).toEqual([[], false]);
  });

  it("does not meet the real stack, which goes on beside it", async () => {
    const file = await house.write("shop.json", shop());
    await house.run("apply", file, "--yes");
    const before = pidsAtHome(house.dir);
    const { code, out } = await house.run("try", file, "--output", "json");
    expect([code, verdicts(triesIn(out)[0])]).toEqual([
      0,
      "create pass, again pass, verify pass, destroy pass, gone pass",
    ]);
    expect([pidsAtHome(house.dir), readFileSync(house.path("motd"), "utf8")]).toEqual([before, "hello\n"]);
    const plan = await house.run("plan", file);
    expect(plan.out).toContain("Nothing to do.");
  });

  it("prints nothing but what came of it beside a Muster that serves", async () => {
    const serve = house.start("serve");
    await serve.says("serving at");
    const { code, out, err } = await house.run("try", await house.write("shop.json", shop()), "--output", "json");
    expect([code, err, triesIn(out).length]).toEqual([0, "", 1]);
    serve.signal("SIGTERM");
    expect((await serve.ended).code).toBe(0);
  });

  it("shows what a check found, and writes nothing down of a content", async () => {
    const file = await house.write("told.json", {
      ...{ stack: "told", resources: { file: { [house.path("told")]: { content: "hunter2\n" } } } },
      checks: [{ command: ["cat", house.path("told")], stdout: "another" }],
    });
    const { code, out } = await house.run("try", file, "--retry-for", "0s");
    expect([code, out]).toEqual([1, expect.stringContaining('found    "hunter2\\n"')]);
    const [, id = ""] = /^told · try (\w+)/.exec(out) ?? [];
    const record = readFileSync(join(house.path(TRIES), `${id}.json`), "utf8");
    expect(record).toContain("another text");
    expect(record).not.toContain("hunter2");
  });

  it("tells what it waited for where a step takes too long", async () => {
    const { code, out } = await house.run("try", await house.write("slow.json", waiting()), "--within", "3s");
    expect([code, left()]).toEqual([1, []]);
    expect(out).toMatch(/create +fail .* the step was not done within 3s; web: 0 of 2 ready: \S+ is \w+, false exited/);
  });

  it("tries each platform, prints each whole, and keeps what came of it", async () => {
    const platforms = { one: null, two: { groups: { web: { size: 2 } } } };
    const file = await house.write("shop.json", shop({ try: { platforms } }));
    const { code, out } = await house.run("try", file, "--at-once", "2");
    expect(code).toBe(0);
    const whole = out
      .split(/^(?=shop · )/m)
      .map((part) => [...part.matchAll(/^ {2}(\w+) +pass/gm)].map(([, step]) => step));
    expect(whole).toEqual([
      ["create", "again", "verify", "destroy", "gone"],
      ["create", "again", "verify", "destroy", "gone"],
    ]);
    expect(out).toContain("web 2/2 ready");
    expect(out).toContain("\n2 pass, 0 fail, 0 unknown (");
    expect(left()).toEqual([]);
    expect((await house.run("try", "ls")).out).toBe("No tries.\n");
    const past: readonly Told[] = JSON.parse((await house.run("try", "ls", "--all", "--output", "json")).out);
    expect(past.map(({ platform }) => platform).toSorted()).toEqual(["one", "two"]);
    const shown = await house.run("try", "show", past[0]?.id ?? "");
    expect(shown.out).toMatch(/^shop · (one|two) · try .*\n {2}create +pass/);
  });

  it("makes a copy for each value that it is given", async () => {
    const file = await house.write("a.yaml", "stack: a\ngroups: { g: { size: 1, template: { instance-file: {} } } }\n");
    const given = ["--with", "groups.g.size=1", "--with", "groups.g.size=2"];
    const { code, out } = await house.run("try", file, ...given, "--output", "json");
    const told = triesIn(out).map(({ platform, steps }) => `${platform}: ${steps[0]?.message}`);
    expect([code, told]).toEqual([0, ["size=1: g 1/1 ready", "size=2: g 2/2 ready"]]);
    expect(triesIn(out)[0]?.steps[2]).toMatchObject({ verdict: "skip", message: "the file has no checks" });
  });

  it("tells a program which try it is read for", async () => {
    const stack = `import { defineStack, types } from "@muster/sdk";
      const { MUSTER_TRY, MUSTER_TRY_PLATFORM } = process.env;
      const size = MUSTER_TRY_PLATFORM === "two" ? 2 : 1;
      const group = { size, template: types.instanceFile({ properties: { id: MUSTER_TRY ?? "none" } }) };
      export default defineStack({ stack: "a", groups: { g: group }, try: { platforms: { one: {}, two: {} } } });`;
    const { code, out } = await house.run("try", await house.write("a.ts", stack), "--output", "json");
    const told = triesIn(out).map(({ platform, steps }) => `${platform}: ${steps[0]?.message}`);
    expect([code, told]).toEqual([0, ["one: g 1/1 ready", "two: g 2/2 ready"]]);
  });

  it("fails where a check does, says why, and takes the copy away all the same", async () => {
    const checks = [{ file: house.path("motd"), content: "bye\n" }];
    const file = await house.write("a.json", shop({ checks }));
    const { code, out } = await house.run("try", file, "--retry-for", "0s");
    expect(code).toBe(1);
    expect(out).toMatch(
      /\n {2}verify +fail .*2 pass, 1 fail, 0 unknown\n {4}fail +file .*content \[local\]\n +expected "bye\\n"/,
    );
    expect(out).toMatch(/\n {4}web\/0 has printed last:\n {6}version 1 listens on /);
    expect(out).toMatch(/\n {2}gone +pass /);
    expect(left()).toEqual([]);
    const unsure = [{ http: "http://nobody.invalid/", status: 200 }];
    const second = await house.write("b.json", shop({ checks: unsure }));
    expect((await house.run("try", second, "--retry-for", "0s")).code).toBe(4);
  });

  it("asks what is declared with members and resources of those of the copy", async () => {
    const resources = {
      file: {
        [house.path("motd")]: { content: "hello\n", checks: [{ file: "${self.path}", content: "${self.content}" }] },
        [house.path("other")]: {
          content: "x",
          checks: [{ file: `\${file.${house.path("motd")}.path}`, exists: true }],
        },
      },
    };
    const { code, out } = await house.run("try", await house.write("a.json", shop({ resources })), "--output", "json");
    const [tried] = JSON.parse(out).tries;
    const report: { results: { title?: string; target: string; verdict: string }[] } = tried.steps[2].report;
    const told = report.results.map(({ title = "the stack", target, verdict }) => `${title} ${target} ${verdict}`);
    expect([code, told.map((each) => each.replace(tried.copy, "shop")).toSorted()]).toEqual([
      0,
      [
        ...[`file.${house.path("motd")} local pass`, `file.${house.path("other")} local pass`],
        ...["shop/web/0 here pass", "shop/web/0 here pass"],
        ...["the stack local pass", "the stack local pass", "the stack local pass"],
      ],
    ]);
  });

  it("fails where a second apply would change something, and shows what", async () => {
    // It takes away what a command has made as soon as Muster is content: as only a second apply finds out.
    const undo = `
      import { execFileSync } from "node:child_process";
      import { existsSync, rmSync } from "node:fs";
      import { createServer } from "node:http";
      import { setTimeout as pause } from "node:timers/promises";
      const [made, port] = process.argv.slice(2);
      const asked = () => {
        try {
          return JSON.parse(execFileSync(process.execPath, [${JSON.stringify(BIN)}, "stack", "ls", "--output", "json"]));
        } catch {
          return [];
        }
      };
      const isContent = () => asked().some(({ resources: { settled, statuses } }) => settled && statuses.length === 1);
      while (!existsSync(made) || !isContent()) await pause(20);
      rmSync(made);
      createServer((_, answer) => answer.end()).listen(Number(port), "127.0.0.1");`;
    const script = await house.write("undo.mjs", undo);
    const env = { MUSTER_SOCKET: join(house.path("run"), "muster/tries/${try.id}/muster.sock") };
    const made = "${try.dir}/made";
    const stack = {
      stack: "forgetful",
      resources: { command: { make: { command: ["touch", "/nowhere"], creates: "/nowhere" } } },
      groups: {
        web: {
          size: 1,
          template: {
            process: {
              ...{ command: process.execPath, args: [script, "/nowhere", "${self.port}"], env, port: "${self.port}" },
              ready: { tcp: { port: "${self.port}" } },
            },
          },
        },
      },
      try: {
        change: {
          resources: { command: { make: { command: ["touch", made], creates: made } } },
          groups: { web: { template: { process: { args: [script, made, "${self.port}"], env } } } },
        },
      },
    };
    const { code, out } = await house.run("try", await house.write("a.json", stack));
    expect(out).toMatch(
      /\n {2}again +fail .*a second apply would change something\n {4}.*resources\n {6}> command.make {2}run/,
    );
    expect(out).toMatch(/\n {2}gone +pass /);
    expect([code, left()]).toEqual([1, []]);
  });

  it("refuses what would meet the real one, and what nobody could apply, before anything is made", async () => {
    const resources = { command: { reload: { command: ["reload"], creates: "/nowhere" } } };
    const shared = await house.run("try", await house.write("a.json", { stack: "a", resources }));
    expect([shared.code, shared.out]).toEqual([2, ""]);
    expect(shared.err).toContain("error[try.not-apart]: a copy of `a` would not stand apart: command.reload: ");
    const wrong = { stack: "a", groups: { g: { size: 1, template: { "instance-file": { initt: "x" } } } } };
    const { code, err } = await house.run("try", await house.write("b.json", wrong));
    expect([code, err]).toEqual([2, expect.stringContaining("error[declaration.unknown-key]: `initt`")]);
    const nobody = await house.write("d.json", { stack: "a", resources, try: { asIs: ["command.relaod"] } });
    expect((await house.run("try", nobody)).err).toContain("`command.relaod` (did you mean `command.reload`?)");
    const foreign = { ID: "a", Properties: {} };
    expect((await house.run("try", await house.write("c.json", foreign))).err).toContain("error[try.not-muster]");
    expect([left(), (await house.run("try", "ls", "--all")).out]).toEqual([[], "No tries.\n"]);
  });

  it("leaves a copy for a person to look at, who asks it and takes it away", async () => {
    const checks = [{ file: house.path("motd"), content: "bye\n" }];
    const file = await house.write("a.json", shop({ checks }));
    const { code, out } = await house.run("try", file, "--keep", "on-failure", "--retry-for", "0s", "--output", "json");
    const id = triesIn(out)[0]?.id ?? "";
    expect([code, verdicts(triesIn(out)[0])]).toEqual([
      1,
      "create pass, again pass, verify fail, destroy skip, gone skip",
    ]);
    expect((await house.run("try", "ls")).out).toMatch(new RegExp(`\\n${id} +shop +- +kept +fail `));
    expect((await house.run("try", "show", id)).out).toContain(`kept: muster try login ${id} ·`);
    expect((await house.run("try", "logs", id)).out).toContain(" listens on ");
    const who = await house.run("try", "login", id, "printenv", "NAME");
    expect(who).toMatchObject({ code: 0, out: `shop-try-${id}\n` });
    const port = (await house.run("try", "login", id, "printenv", "PORT")).out.trim();
    expect(readlinkSync(join(house.path(TRIES), `port-${port}`))).toBe(id);
    const shell = house.startReading("try", "login", id, "web/0");
    shell.child.stdin?.end('echo "I am $NAME"; exit 7\n');
    expect(await shell.ended).toMatchObject({ code: 7, out: `I am shop-try-${id}\n` });
    const nobody = await house.run("try", "logs", id, "web/7");
    expect([nobody.code, nobody.err]).toEqual([2, expect.stringContaining("There are: web/0.")]);
    // Kept is kept: the next try leaves it.
    expect((await house.run("try", file, "--retry-for", "0s")).err).toBe("");
    expect((await house.run("try", "destroy", id)).out).toBe(`try ${id} of shop: destroyed\n`);
    expect([left(), (await house.run("try", "ls")).out]).toEqual([[], "No tries.\n"]);
    const over = await house.run("try", "logs", id);
    expect([over.code, over.err]).toEqual([2, expect.stringContaining(`nobody of the try \`${id}\` can be asked for`)]);
    // No id begins like that.
    expect((await house.run("try", "destroy", "n0")).err).toContain("error[try.not-found]: there is no try `n0`");
  });

  it("stands apart from seven others that are tried at once, each by a process of its own", async () => {
    const file = await house.write("shop.json", shop());
    const tried = await Promise.all(
      Array.from({ length: 8 }, () => house.run("try", file, "--retry-for", "60s", "--output", "json")),
    );
    const passed = "create pass, again pass, verify pass, destroy pass, gone pass";
    expect(tried.map(({ code, out }) => [code, verdicts(triesIn(out)[0])])).toEqual(tried.map(() => [0, passed]));
    expect(left()).toEqual([]);
  });

  it("takes away at the next try what one has left that was killed", async () => {
    const killed = house.start("try", await house.write("slow.json", waiting()));
    await until(() => pidsAtHome(house.dir).length >= 3);
    const { out } = await house.run("try", "ls", "--output", "json");
    const [{ id, state }] = JSON.parse(out);
    expect(state).toBe("running");
    // As long as somebody sees to it, it is left to him.
    expect((await house.run("try", "sweep")).out).toBe("Nothing was left behind.\n");
    expect((await house.run("try", "destroy", id)).err).toContain("error[try.running]");
    killed.signal("SIGKILL");
    await killed.ended;
    expect(left().length).toBeGreaterThan(2);
    const file = await house.write("a.yaml", "stack: a\ngroups: { g: { size: 1, template: { instance-file: {} } } }\n");
    const next = await house.run("try", file);
    expect([next.code, next.err]).toEqual([0, `Took away what the try ${id} had left behind.\n`]);
    expect(left()).toEqual([]);
  });

  it("takes its copy away at Ctrl-C", async () => {
    const running = house.start("try", await house.write("slow.json", waiting()), "--output", "json");
    await until(() => pidsAtHome(house.dir).length >= 3);
    running.signal("SIGINT");
    const { code, out, err } = await running.ended;
    expect([code, err]).toEqual([130, "Ending: what was made is taken away first. (Ctrl-C again leaves it.)\n"]);
    expect(verdicts(triesIn(out)[0])).toBe("create fail, again skip, verify skip, destroy pass, gone pass");
    expect(left()).toEqual([]);
  });

  it("leaves at a second Ctrl-C, and says what is left", async () => {
    const process = { command: "sh", args: ["-c", "trap '' TERM; sleep 1000"], stop: { timeout: "5s" } };
    const stubborn = { stack: "slow", groups: { web: { size: 1, template: { process }, flavor: NEVER_WELL } } };
    const running = house.start("try", await house.write("slow.json", stubborn));
    await until(() => pidsAtHome(house.dir).length >= 3);
    running.signal("SIGINT");
    await running.says("Ending: ");
    running.signal("SIGINT");
    const { code, err } = await running.ended;
    const id = /^Left: try (\w+)\. `muster try destroy \1` takes it away/m.exec(err)?.[1] ?? "none";
    expect([code, id]).toEqual([130, expect.stringMatching(/^[a-f]\d/)]);
    expect((await house.run("try", "sweep")).out).toBe(`Took away what the try ${id} had left behind.\n`);
    expect(left()).toEqual([]);
  });

  it("is not kept from its end by what is gone already", async () => {
    const file = await house.write("a.json", shop({ checks: [] }));
    const { out } = await house.run("try", file, "--keep", "always", "--output", "json");
    await endAllAtHome(house.dir);
    const destroyed = await house.run("try", "destroy", triesIn(out)[0]?.id ?? "");
    expect([destroyed.code, left()]).toEqual([0, []]);
  });
});
