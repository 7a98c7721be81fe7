/** Starts the engines before the first test, and ends them after the last. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startDocker, startPodman } from "./support/engines.ts";
import { importImage } from "./support/image.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The socket of a real Docker Engine; empty where there is none. */
    readonly docker: string;
    /** The socket of Podman's API; empty where there is none. */
    readonly podman: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  execFileSync("ip", ["link", "set", "lo", "up"]);
  const names = (process.env["MUSTER_TEST_ENGINES"] ?? "").split(" ");
  const folder = process.env["MUSTER_TEST_FOLDER"];
  if (folder === undefined) throw new Error("these tests are run by `npm run test:engines`");
  const docker = names.includes("docker") ? await startDocker(join(folder, "docker")) : undefined;
  const podman = names.includes("podman") ? await startPodman(join(folder, "podman")) : undefined;
  for (const engine of [docker, podman]) if (engine !== undefined) await importImage(engine.socket);
  project.provide("docker", docker?.socket ?? "");
  project.provide("podman", podman?.socket ?? "");
  return async () => {
    await Promise.all([docker?.stop(), podman?.stop()]);
  };
}
