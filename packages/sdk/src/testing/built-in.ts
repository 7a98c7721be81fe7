/** The types and flavors that are part of Muster, as they are where nothing of a machine is known. */
import { builtInFlavors } from "@muster/flavors";
import type { Flavor, ResourceType } from "@muster/plugin";
import { commandTaskIn } from "@muster/provider-command";
import { container } from "@muster/provider-container";
import { digitalocean } from "@muster/provider-digitalocean";
import { directory, file, instanceFile } from "@muster/provider-file";
import { processIn } from "@muster/provider-process";
import { vmIn } from "@muster/provider-vm";

const { droplet, domain, tag, sshKey } = digitalocean;

export const builtInTypes: readonly ResourceType[] = [
  ...[instanceFile, file, directory, processIn({}), container, vmIn({})],
  ...[droplet, domain, tag, sshKey, commandTaskIn({})],
];

/** Who asks, drains and starts members would have to leave the simulated world for it: that is left to `vanilla`. */
export const withoutOutside: readonly Flavor[] = builtInFlavors({}).map(
  ({ health: _, started: __, drain: ___, ...others }) => others,
);
