/** What a real Docker Engine refuses, and what that means. Nothing is left of any of it. */
import { rejects } from "node:assert/strict";
import { createServer, type Server } from "node:net";
import type { ContainerProperties } from "@muster/provider-container";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { ctx, houseAt, SLEEPER } from "./support/containers.ts";
import { IMAGE } from "./support/image.ts";

const docker = inject("docker");
const { networks: _, ...networked } = SLEEPER;

const REFUSED: readonly (readonly [string, Partial<ContainerProperties>, string, RegExp])[] = [
  [
    "an image that may not be fetched",
    { image: "localhost/nowhere:1" },
    "retryable",
    /nowhere:1 is not there, and `pull`/,
  ],
  [
    "an image that no registry has",
    { image: "localhost/nowhere:1", pull: "missing" },
    "retryable",
    /localhost\/nowhere:1 cannot be fetched/,
  ],
  ["an image that is fetched always, from nowhere", { pull: "always" }, "retryable", /muster-test:1 cannot be fetched/],
  ["an image that is no name", { image: "No Image" }, "invalid", /invalid reference format/],
  ["a user that does not exist", { user: "nobody-here" }, "invalid", /unable to find user nobody-here/],
  ["a command that does not exist", { command: ["no-such-command"] }, "invalid", /executable file not found/],
  ["a network that does not exist", { networks: ["no-such-network"] }, "retryable", /no-such-network not found/],
  ["a second network that does not exist", { networks: ["bridge", "no-such-network"] }, "retryable", /not found/],
  [
    "a directory that does not exist",
    { mounts: [{ source: "/no/such/directory", target: "/in" }] },
    "retryable",
    /bind source path does not exist/,
  ],
  ["a capability that does not exist", { capAdd: ["NO_SUCH"] }, "invalid", /unknown capability/],
  ["more CPUs than there are", { cpus: 1000 }, "invalid", /CPUs/],
];

describe.skipIf(docker === "")("refused is", () => {
  it.each(REFUSED)("%s", async (_what, want, kind, message) => {
    const house = await houseAt(docker);
    await rejects(house.make(want), { kind, message });
    expect(await house.seen()).toEqual([]);
  });

  it("a port that another container has", async () => {
    const house = await houseAt(docker);
    const ports = [{ container: 80, host: 18_080 }];
    await house.provider.create({ ...networked, ports }, house.tags, ctx);
    const again = house.provider.create({ ...networked, ports }, house.tags, ctx);
    await rejects(again, { kind: "retryable", message: /port is already allocated/ });
    expect(await house.seen()).toHaveLength(1);
  });

  it("a port that another program has", async () => {
    const house = await houseAt(docker);
    const server = await listening();
    const address = server.address();
    const host = typeof address === "object" && address !== null ? address.port : 0;
    const made = house.provider.create({ ...networked, ports: [{ container: 80, host }] }, house.tags, ctx);
    await rejects(made, { kind: "retryable", message: /address already in use/ });
    expect(await house.seen()).toEqual([]);
  });

  it("a secret that is not there, before anything is made", async () => {
    const house = await houseAt(docker, {});
    const env = { TOKEN: { secret: { env: "NO_TOKEN" } } };
    await rejects(house.make({ env }), { kind: "retryable", message: /the secret NO_TOKEN is not in the environment/ });
    expect(await house.seen()).toEqual([]);
  });

  it("told without the secrets that were asked for", async () => {
    const house = await houseAt(docker, { NAME: "s3same" });
    const env = { TOKEN: { secret: { env: "NAME" } } };
    // The engine repeats what it was asked for, and that is, by chance, the secret.
    const failure = await house.make({ env, user: "s3same" }).catch((thrown: unknown) => thrown);
    expect(String(failure)).toContain("unable to find user …");
    expect(String(failure)).not.toContain("s3same");
  });

  it("an image that is there, under a name that is not", async () => {
    const house = await houseAt(docker);
    await rejects(house.make({ image: IMAGE.replace(":1", ":2") }), { kind: "retryable" });
  });
});

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
    onTestFinished(() => {
      server.close();
    });
  });
}
