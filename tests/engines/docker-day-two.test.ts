/** Logs, and commands that are run inside, on a real Docker Engine. */
import type { ExecAsked, Execution } from "@muster/plugin";
import { describe, expect, inject, it } from "vitest";
import { bytesOf, ctx, type House, houseAt, until } from "./support/containers.ts";

const docker = inject("docker");
const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

describe.skipIf(docker === "")("logs", () => {
  it("are what was printed, in any language, also of one that has ended", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ command: ["printf", "Grüße\n日本 🐄\t\\000\n"] });
    await until(
      () => house.see(id),
      (seen) => seen?.phase === "ended",
      "its end",
    );
    expect((await logged(house, id, { follow: false })).toString()).toBe("Grüße\n日本 🐄\t\0\n");
  });

  it("are the last so many lines of both streams", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ command: ["sh", "-c", "seq 1 5; sleep 0.1; echo six >&2"] });
    await until(
      () => house.see(id),
      (seen) => seen?.phase === "ended",
      "its end",
    );
    expect((await logged(house, id, { follow: false, lines: 3 })).toString()).toBe("4\n5\nsix\n");
    expect((await logged(house, id, { follow: false, lines: 0 })).toString()).toBe("");
  });

  it("are followed until it ends", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ command: ["sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.1; done"] });
    expect((await logged(house, id, { follow: true })).toString()).toBe("1\n2\n3\n");
  });

  it("are followed until nobody wants them any more", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ command: ["sh", "-c", "echo begun; sleep 1000"] });
    const over = new AbortController();
    const heard: string[] = [];
    for await (const chunk of house.provider.logs?.(id, { follow: true }, { signal: over.signal }) ?? []) {
      heard.push(Buffer.from(chunk).toString());
      over.abort();
    }
    expect(heard).toEqual(["begun\n"]);
  });

  it("of a million bytes come whole", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ command: ["sh", "-c", "yes 0123456789abcdef | head -n 60000"] });
    expect((await logged(house, id, { follow: true })).length).toBe(60_000 * 17);
  });

  it("of nobody are refused", async () => {
    const house = await houseAt(docker);
    await expect(logged(house, "0".repeat(64), { follow: false })).rejects.toMatchObject({ kind: "invalid" });
  });
});

describe.skipIf(docker === "")("a command inside", () => {
  it("tells its two streams apart, and its code", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ env: { WHO: "ann" }, user: "ann", workdir: "/tmp" });
    const ran = await executed(house, id, ["sh", "-c", "echo $WHO; id -u; pwd >&2; exit 7"]);
    expect(ran).toEqual({ out: "ann\n1000\n", err: "/tmp\n", exit: { kind: "exited", code: 7 } });
  });

  it("reads what it is given to its end, and gives it back byte for byte", async () => {
    const house = await houseAt(docker);
    const id = await house.make();
    const much = Buffer.concat(Array.from({ length: 2_000 }, () => ALL_BYTES));
    const execution = await begun(house, id, { command: ["cat"], input: inPieces(much) });
    const output = await bytesOf(outOf(execution));
    expect(output.equals(much)).toBe(true);
    expect(await execution.ended).toEqual({ kind: "exited", code: 0 });
  });

  it("does not have to read what it is given", async () => {
    const house = await houseAt(docker);
    const id = await house.make();
    const ran = await executed(house, id, ["true"], inPieces(Buffer.alloc(1_000_000)));
    expect(ran.exit).toEqual({ kind: "exited", code: 0 });
  });

  it("may be silent, and long", async () => {
    const house = await houseAt(docker);
    const id = await house.make();
    expect(await executed(house, id, ["sleep", "0.3"])).toEqual({
      out: "",
      err: "",
      exit: { kind: "exited", code: 0 },
    });
  });

  it("that is let go ends for whoever waits for it", async () => {
    const house = await houseAt(docker);
    const id = await house.make();
    const over = new AbortController();
    const execution = await begun(house, id, { command: ["sleep", "1000"] }, over.signal);
    over.abort();
    await expect(bytesOf(outOf(execution))).rejects.toMatchObject({ kind: "unknown" });
    await expect(execution.ended).rejects.toMatchObject({ kind: "unknown" });
  });

  it("that does not exist is refused", async () => {
    const house = await houseAt(docker);
    const id = await house.make();
    const failure = await begun(house, id, { command: ["no-such-command"] }).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ kind: "invalid", message: expect.stringContaining("executable file not found") });
  });

  it("that prints the words of a refusal and runs is no refusal", async () => {
    const house = await houseAt(docker);
    const id = await house.make();
    const ran = await executed(house, id, ["sh", "-c", "echo OCI runtime exec failed: exec failed: nothing; exit 1"]);
    expect(ran.exit).toEqual({ kind: "exited", code: 1 });
    expect(ran.out).toBe("OCI runtime exec failed: exec failed: nothing\n");
  });

  it("where nothing runs is refused", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ command: ["true"] });
    await until(
      () => house.see(id),
      (seen) => seen?.phase === "ended",
      "its end",
    );
    await expect(begun(house, id, { command: ["true"] })).rejects.toMatchObject({ kind: "invalid" });
    await expect(begun(house, "0".repeat(64), { command: ["true"] })).rejects.toMatchObject({ kind: "invalid" });
  });
});

async function logged({ provider }: House, id: string, asked: { follow: boolean; lines?: number }): Promise<Buffer> {
  return bytesOf(provider.logs?.(id, asked, ctx) ?? inPieces(Buffer.from("no logs are offered")));
}

async function begun({ provider }: House, id: string, asked: ExecAsked, signal = ctx.signal): Promise<Execution> {
  const execution = await provider.exec?.(id, asked, { signal });
  if (execution === undefined) throw new Error("exec is not offered");
  return execution;
}

async function executed(
  house: House,
  id: string,
  command: readonly [string, ...string[]],
  input?: AsyncIterable<Uint8Array>,
) {
  const execution = await begun(house, id, input === undefined ? { command } : { command, input });
  const printed = { out: "", err: "" };
  for await (const { stream, bytes } of execution.output) printed[stream] += Buffer.from(bytes).toString();
  return { ...printed, exit: await execution.ended };
}

async function* outOf({ output }: Execution): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of output) yield bytes;
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}
