import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Simulator, startSimulator } from "@muster/provider-digitalocean/simulator";
import { inFolder } from "./place.ts";
import { BIN, environment } from "./serving.ts";
import type { Row } from "./table.ts";

const COUNT = 1_000;
/** A page has at most 200; and one page more, whatever it is for. */
const BOUND = 6;
/** `plan`: there is something to change. */
const CHANGES = 3;

/** How often a plan over so many droplets asks for the list of them, on the simulator of the API. */
export function droplets(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const simulator = await startSimulator();
    try {
      const names = Array.from({ length: COUNT }, (_, index) => `droplet-${index + 1}`);
      for (const name of names) simulator.panel.addDroplet({ name });
      await plan(folder, names, simulator);
      return [rowOf(simulator)];
    } finally {
      await simulator.close();
    }
  });
}

/** Nobody has marked them yet: each is found by its name, and is to be taken in. */
async function plan(folder: string, names: readonly string[], { url, token, state }: Simulator): Promise<void> {
  const [droplet] = state.droplets();
  const properties = `{ region: ${droplet?.region}, size: ${droplet?.size}, image: debian-12-x64 }`;
  const stack = join(folder, "stack.yaml");
  writeFileSync(
    stack,
    `stack: bench\nresources:\n  droplet:\n${names.map((name) => `    ${name}: ${properties}\n`).join("")}`,
  );
  mkdirSync(join(folder, "run"), { mode: 0o700 });
  const env = { ...environment(folder), DIGITALOCEAN_API_URL: url, DIGITALOCEAN_TOKEN: token };
  const child = spawn(process.execPath, [BIN, "plan", stack], { env, stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  const [code] = await once(child, "close");
  const taken = out.match(/^.*adopt/gm)?.length ?? 0;
  if (code !== CHANGES || taken < COUNT)
    throw new Error(`plan ended with ${code}, and ${taken} of ${COUNT}: ${out.slice(0, 2_000)}`);
}

function rowOf(simulator: Simulator): Row {
  const lists = simulator.count("GET", /^\/v2\/droplets\/?$/);
  return {
    what: `\`muster plan\` of ${COUNT} droplets: lists of droplets`,
    ours: `${lists} of ${simulator.requests.length} requests`,
    compared: "–",
    figure: lists,
    bound: BOUND,
    unit: "requests",
  };
}
