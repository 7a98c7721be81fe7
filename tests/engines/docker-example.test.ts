/** The service of examples/container on a real Docker Engine: its own Dockerfile, the real command, a good image and a bad one. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { type ExampleRoom, openExample, until } from "../support/example-room.ts";
import { IMAGE } from "./support/image.ts";
import { raw } from "./support/raw.ts";

const docker = inject("docker");

describe.skipIf(docker === "")("a service in containers", () => {
  it("goes back from an image that is no good, says why, and takes the next one", { timeout: 180_000 }, async () => {
    removeAtEnd();
    const room = openExample("container", { DOCKER_HOST: `unix://${docker}` });
    await build(room, 1);
    const { said } = room.watch("hello.yaml");
    await until(() => said().includes("2 of 2 as declared"), said);
    const first = await servicesOf();
    expect(await Promise.all(first.map(({ port }) => page(port)))).toEqual(["version 1\n", "version 1\n"]);

    const good = readFileSync(join(room.folder, "serve.sh"));
    writeFileSync(join(room.folder, "serve.sh"), "echo no configuration >&2\nexit 3\n");
    await build(room, 2);
    room.edit("hello.yaml", "hello:1", "hello:2");
    await until(() => said().includes("back at revision"), said);
    expect(await servicesOf()).toEqual(first);
    expect(await Promise.all(first.map(({ port }) => page(port)))).toEqual(["version 1\n", "version 1\n"]);
    const history = await room.muster("history", "hello/web");
    expect(history).toMatch(/the rollout failed: .*exited with code 3/);
    expect(history).toMatch(/going back to the version before/);
    expect(await room.muster("group", "ls")).toMatch(/reverted 2\/2 .*exited with code 3/);

    writeFileSync(join(room.folder, "serve.sh"), good);
    await build(room, 3);
    room.edit("hello.yaml", "hello:2", "hello:3");
    await until(
      () => said().split("going back to the version before").at(-1)?.includes("is everywhere") === true,
      said,
    );
    const last = await servicesOf();
    expect(last.map(({ image }) => image)).toEqual(["localhost/hello:3", "localhost/hello:3"]);
    expect(await Promise.all(last.map(({ port }) => page(port)))).toEqual(["version 3\n", "version 3\n"]);
  });
});

/** As `docker build -t localhost/hello:VERSION --build-arg VERSION=VERSION .`, on what these tests have in place of busybox. */
async function build({ folder }: ExampleRoom, version: number): Promise<void> {
  const tar = spawn("tar", ["-C", folder, "-c", "Dockerfile", "serve.sh"], { stdio: ["ignore", "pipe", "inherit"] });
  const args = encodeURIComponent(JSON.stringify({ BASE: IMAGE, VERSION: String(version) }));
  const said = await raw(docker, "POST", `/build?t=localhost/hello:${version}&buildargs=${args}`, tar.stdout);
  if (!said.includes("Successfully tagged")) throw new Error(`the image was not built: ${said}`);
}

interface Service {
  readonly id: string;
  readonly image: string;
  readonly port: number;
}

/** The containers of the stack, as the engine shows them. */
async function servicesOf(): Promise<readonly Service[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ["muster.stack=hello"] }));
  const shown: readonly { Id: string; Image: string; Ports: readonly { PublicPort: number }[] }[] = JSON.parse(
    await raw(docker, "GET", `/containers/json?all=1&filters=${filters}`),
  );
  const services = shown.map(({ Id, Image, Ports }) => ({ id: Id, image: Image, port: Ports[0]?.PublicPort ?? 0 }));
  return services.toSorted((a, b) => a.id.localeCompare(b.id));
}

function removeAtEnd(): void {
  onTestFinished(async () => {
    for (const { id } of await servicesOf()) await raw(docker, "DELETE", `/containers/${id}?force=1`);
  });
}

function page(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get({ host: "127.0.0.1", port, agent: false }, (response) => {
      response.setEncoding("utf8");
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
    });
    asked.on("error", reject);
  });
}
