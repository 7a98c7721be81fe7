/** Checks of containers on a real Docker Engine: the real `muster verify`, of containers that nobody of ours keeps. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { MUSTER } from "../crash/run.ts";
import { type House, houseAt, until } from "./support/containers.ts";

const docker = inject("docker");

interface Told {
  readonly code: number;
  readonly verdicts: readonly string[];
  readonly reason?: string;
}

function verify(checks: readonly object[], container: string): Promise<Told> {
  const home = mkdtempSync(join(tmpdir(), "muster-verify-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const file = join(home, "checks.json");
  writeFileSync(file, JSON.stringify({ checks }));
  const env = { PATH: process.env["PATH"], HOME: home, XDG_RUNTIME_DIR: home, DOCKER_HOST: `unix://${docker}` };
  const words = [MUSTER, "verify", file, "--target", `container:${container}`, "--output", "json"];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, words, { env }, (failure, out, err) => {
      if (out === "") return reject(new Error(err));
      const results: readonly { readonly verdict: string; readonly reason?: string }[] = JSON.parse(out).results;
      const [reason] = results.flatMap((each) => (each.reason === undefined ? [] : [each.reason]));
      const verdicts = results.map(({ verdict }) => verdict);
      resolve({ code: Number(failure?.code ?? 0), verdicts, ...(reason === undefined ? {} : { reason }) });
    });
  });
}

const INSIDE = [
  { file: "/tmp/mark", content: "inside\n", owner: "root" },
  { process: "sleep", running: true },
  { user: "ann", uid: 1_000, home: "/tmp" },
  { command: ["sh", "-c", "echo out; echo err >&2; exit 3"], exit: 3, stdout: "out", stderr: "err" },
];

describe.skipIf(docker === "")("checks of a container", () => {
  it("are asked inside of it, by its name or its id", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ command: ["sh", "-c", "echo inside > /tmp/mark; exec sleep 1000"] });
    await until(
      () => verify(INSIDE, id),
      ({ code }) => code === 0,
      "all to hold",
    );
    const { code, verdicts } = await verify([{ file: "/tmp/mark", content: "outside" }], id.slice(0, 12));
    expect([code, verdicts]).toEqual([1, ["fail"]]);
  });

  it("cannot be told of one without a shell, one that does not run, and none", async () => {
    const house = await houseAt(docker);
    const check = [{ file: "/etc/passwd", exists: true }];
    const bare = await house.make({ command: ["busybox", "sh", "-c", "rm /bin/sh; exec busybox sleep 1000"] });
    await until(
      () => verify(check, bare),
      ({ code }) => code === 4,
      "its shell to be gone",
    );
    expect((await verify(check, bare)).reason).toMatch(/^the command cannot be run there: .*sh/);
    const over = await ended(house);
    expect(await verify(check, over)).toMatchObject({
      ...{ code: 4, verdicts: ["unknown"] },
      reason: `container ${over.slice(0, 12)} does not run`,
    });
    expect(await verify(check, "nobody-of-that-name")).toMatchObject({
      ...{ code: 4, reason: "the engine has no container nobody-of-that-name" },
    });
  });
});

async function ended(house: House): Promise<string> {
  const id = await house.make({ command: ["true"] });
  await until(
    () => house.see(id),
    (seen) => seen?.phase === "ended",
    "its end",
  );
  return id;
}
