import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { DevDigitaloceanFlags } from "../work/dev-digitalocean.ts";
import { documented, OUTPUT } from "./flags.ts";

export const devDigitalocean = buildCommand<DevDigitaloceanFlags, [], Cli>({
  loader: async () => (await import("../work/dev-digitalocean.ts")).simulateDigitalocean,
  parameters: {
    flags: {
      output: OUTPUT,
      port: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "port",
        brief: "Where it answers, on 127.0.0.1; unless told, any that is free",
      },
      droplets: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "n",
        brief: "How many droplets are there already",
      },
    },
  },
  docs: documented(
    "Simulate DigitalOcean's API",
    "Answers as DigitalOcean's API would, on a port of this machine, until Ctrl-C. No account is needed, nothing is real, and\n" +
      "nothing is kept. What it prints is for a shell: it tells Muster, and other clients, where it is.",
    "muster dev digitalocean --droplets 3",
    "muster dev digitalocean --port 8025 > digitalocean.env &",
  ),
});
