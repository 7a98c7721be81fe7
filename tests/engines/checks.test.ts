/** The check of a container, asked of real engines by their own command lines. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Check, localTarget, verify } from "@muster/checks";
import type { Json } from "@muster/model";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { houseAt, until } from "./support/containers.ts";
import { IMAGE } from "./support/image.ts";

const ENGINES = [
  { engine: "docker", socket: inject("docker") },
  { engine: "podman", socket: inject("podman") },
] as const;

/** A command line of the engine that asks this socket, and no engine of the machine. */
function commandLineAt(engine: string, socket: string): string {
  const folder = mkdtempSync(join(tmpdir(), "muster-engine-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [, program] = /^(?:unix:\/\/)?(.*)$/.exec(socket) ?? [];
  const asks = engine === "podman" ? `--url unix://${program}` : `--host unix://${program}`;
  const others = `PATH=\${PATH#*:} exec ${engine} ${asks} "$@"`;
  writeFileSync(join(folder, engine), `#!/bin/sh\n${others}\n`);
  chmodSync(join(folder, engine), 0o755);
  return `${folder}:${process.env["PATH"] ?? ""}`;
}

async function told(engine: string, path: string, name: string, wanted: Readonly<Record<string, Json>>) {
  const statements = Object.entries(wanted).map(
    ([property, value]) => ({ property, matcher: { word: "equals", value } }) as const,
  );
  const [first, ...others] = statements;
  if (first === undefined) throw new Error("it asserts nothing");
  const check: Check = { kind: "container", subject: name, options: { engine }, statements: [first, ...others] };
  const target = localTarget({ env: { PATH: path, HOME: tmpdir() }, boundary: () => "boundary" });
  const { results } = await verify([check], {
    ...{ targets: [target], timeoutMs: 30_000, retryForMs: 0, now: Date.now, pause: async () => undefined },
    signal: new AbortController().signal,
  });
  return results.map(({ property, verdict, found, reason }) =>
    `${property} ${verdict} ${found ?? reason ?? ""}`.trim(),
  );
}

describe.each(ENGINES)("a check of a container of $engine", ({ engine, socket }) => {
  it.skipIf(socket === "")("tells what its engine knows of it, while it runs and when it has ended", async () => {
    const house = await houseAt(socket);
    const id = await house.make({ command: ["sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.1; done"] });
    const path = commandLineAt(engine, socket);
    const runs = { exists: true, running: true, status: "running", restarts: 0 };
    expect(await told(engine, path, id, runs)).toEqual(Object.keys(runs).map((property) => `${property} pass`));
    expect(await told(engine, path, id, { exit: 0, health: "healthy", image: "no-such-image" })).toEqual([
      "exit fail it runs",
      "health fail it has no health check",
      expect.stringMatching(new RegExp(`^image fail .*${IMAGE.split(":")[0]}`)),
    ]);
    expect(await told(engine, path, "no-such-container", { exists: false, running: false })).toEqual([
      "exists pass",
      "running fail there is no container no-such-container",
    ]);
    await house.provider.destroy(id, { signal: new AbortController().signal });
    await until(house.seen, (seen) => seen.length === 0, "its end");
    expect(await told(engine, path, id, { exists: true })).toEqual(["exists fail false"]);
  });

  it.skipIf(socket === "")("is unknown where the engine does not answer", async () => {
    const path = commandLineAt(engine, "/no/such.sock");
    const [line] = await told(engine, path, "web", { exists: false });
    expect(line).toMatch(new RegExp(`^exists unknown ${engine}: `));
  });
});
