import { MusterError } from "@muster/model";
import { realClock, type Simulator, startSimulator, type Times } from "@muster/provider-digitalocean/simulator";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { listenForEnd, untilAborted } from "./ending.ts";

export interface DevDigitaloceanFlags extends OutputFlags {
  readonly port?: string;
  readonly droplets?: string;
}

/** Long enough to be seen, and no longer. Milliseconds. */
const TIMES: Times = {
  createMs: 3_000,
  resizeMs: 4_000,
  snapshotMs: 4_000,
  rebuildMs: 4_000,
  actionMs: 1_500,
  guestMs: 1_500,
  destroyMs: 1_000,
};

/** As many as an account may have. */
const MOST_DROPLETS = 1_000;

/** Simulates DigitalOcean's API until it is asked to end. */
export async function simulateDigitalocean(this: Cli, flags: DevDigitaloceanFlags): Promise<void> {
  const port = wholeOf("--port", flags.port, 65_535);
  const droplets = wholeOf("--droplets", flags.droplets, MOST_DROPLETS);
  const ending = listenForEnd();
  try {
    const simulator = await started(port);
    for (let number = 1; number <= droplets; number++) simulator.panel.addDroplet({ name: `droplet-${number}` });
    this.out.write(flags.output === "json" ? forProgram(simulator, droplets) : forShell(simulator));
    await untilAborted(ending.asked);
    await simulator.close();
  } finally {
    ending.forget();
  }
}

/** Can be pasted into a shell, or read by one, as it stands. */
function forShell({ url, token }: Simulator): string {
  return [
    "# DigitalOcean's API, simulated: nothing is real, and nothing of it is kept. Ctrl-C ends it.",
    `export DIGITALOCEAN_API_URL=${url}`,
    `export DIGITALOCEAN_TOKEN=${token}\n`,
  ].join("\n");
}

function forProgram({ url, token, readOnlyToken }: Simulator, droplets: number): string {
  return `${JSON.stringify({ url, token, readOnlyToken, droplets })}\n`;
}

/** Throws `usage.bad-value` where somebody else has the port. */
async function started(port: number): Promise<Simulator> {
  try {
    return await startSimulator({ port, clock: realClock(), times: TIMES, dropletLimit: MOST_DROPLETS });
  } catch (thrown) {
    if (!isPortRefused(thrown)) throw thrown;
    const detail = thrown.code === "EACCES" ? `port ${port} is not yours to take` : `port ${port} is taken`;
    throw new MusterError("usage.bad-value", {
      what: "--port",
      detail,
      wanted: "another port, or none: then any is taken",
    });
  }
}

function isPortRefused(thrown: unknown): thrown is Error & { readonly code: string } {
  return thrown instanceof Error && "code" in thrown && (thrown.code === "EADDRINUSE" || thrown.code === "EACCES");
}

/** 0 where nothing was typed. Throws `usage.bad-value`. */
function wholeOf(flag: string, text: string | undefined, most: number): number {
  if (text === undefined) return 0;
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
  const detail = `\`${text}\` is no number from 0 to ${most}`;
  throw new MusterError("usage.bad-value", { what: flag, detail, wanted: "a whole number" });
}
