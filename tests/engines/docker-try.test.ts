/** A stack of containers is tried on a real Docker Engine: the real `muster try`, beside the real stack. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { MUSTER } from "../crash/run.ts";
import { SLEEPER } from "./support/containers.ts";
import { raw } from "./support/raw.ts";

const docker = inject("docker");

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A home with the real stack declared in it, and a terminal there. */
function atHome(greeting: string): (...words: readonly string[]) => Promise<Told> {
  const home = mkdtempSync(join(tmpdir(), "muster-try-"));
  const stack = {
    stack: "shop",
    groups: {
      web: {
        size: 2,
        template: { container: { ...SLEEPER, command: ["sh", "-c", `echo ${greeting} >/tmp/mark; exec sleep 1000`] } },
        checks: [{ title: "the mark of ${self.slot}", file: "/tmp/mark", content: "good\n" }],
      },
    },
  };
  writeFileSync(join(home, "shop.json"), JSON.stringify(stack));
  const env = { PATH: process.env["PATH"], HOME: home, XDG_RUNTIME_DIR: home, DOCKER_HOST: `unix://${docker}` };
  const muster = (...words: readonly string[]) =>
    new Promise<Told>((resolve) => {
      execFile(process.execPath, [MUSTER, ...words], { env, cwd: home }, (failure, out, err) =>
        resolve({ code: Number(failure?.code ?? 0), out, err }),
      );
    });
  onTestFinished(async () => {
    await muster("destroy", "shop.json", "--yes");
    rmSync(home, { recursive: true });
  });
  return muster;
}

/** The containers of stacks of this name, and of tries of it. */
async function containersOf(stack: RegExp): Promise<readonly string[]> {
  const all: readonly { readonly Id: string; readonly Labels: Readonly<Record<string, string>> }[] = JSON.parse(
    await raw(docker, "GET", "/containers/json?all=true"),
  );
  return all.flatMap(({ Id, Labels }) => (stack.test(Labels["muster.stack"] ?? "") ? [Id] : []));
}

describe.skipIf(docker === "")("a try of containers", () => {
  it("makes its own, asks them from inside, and leaves those of the real stack alone", async () => {
    const muster = atHome("good");
    expect(await muster("apply", "shop.json", "--yes")).toMatchObject({ code: 0, err: "" });
    const real = await containersOf(/^shop$/);
    expect(real).toHaveLength(2);
    const { code, out, err } = await muster("try", "shop.json", "--output", "json");
    expect([code, err]).toEqual([0, ""]);
    const { steps }: { steps: readonly { readonly step: string; readonly verdict: string }[] } =
      JSON.parse(out).tries[0];
    expect(steps.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual(
      ["create", "again", "verify", "destroy", "gone"].map((step) => `${step} pass`),
    );
    expect(await containersOf(/^shop-try-/)).toEqual([]);
    expect(await containersOf(/^shop$/)).toEqual(real);
  });

  it("keeps what fails where it is asked to, can be logged into, and is taken away by a word", async () => {
    const muster = atHome("bad");
    const tried = await muster("try", "shop.json", "--keep", "on-failure", "--within", "10s", "--retry-for", "1s");
    expect(tried.code).toBe(1);
    expect(tried.out).toMatch(
      /the step was not done within 10s; web: 0 of 2 ready: \w+ is starting, check the mark of [01]: content: expected/,
    );
    const [, id = ""] = /muster try login (\w+)/.exec(tried.out) ?? [];
    expect((await containersOf(/^shop-try-/)).length).toBeGreaterThan(0);
    expect(await muster("try", "login", id, "web/0", "--", "cat", "/tmp/mark")).toMatchObject({
      code: 0,
      out: "bad\n",
    });
    expect(await muster("try", "destroy", id)).toMatchObject({ code: 0 });
    expect(await containersOf(/^shop-try-/)).toEqual([]);
  });
});
