import type { ClaimedType, TaggedType } from "@muster/plugin";
import { accountsIn } from "./accounts.ts";
import { dropletIn } from "./droplet/droplet.ts";
import type { DropletProperties } from "./droplet/properties.ts";
import { type DomainProperties, domainIn } from "./named/domain.ts";
import { type SshKeyProperties, sshKeyIn } from "./named/ssh-key.ts";
import { type TagProperties, tagIn } from "./named/tag.ts";
import type { DigitaloceanSettings, Environment } from "./settings.ts";
import { realWaits, type Waits } from "./waits.ts";

export interface DigitaloceanTypes {
  readonly droplet: TaggedType<DropletProperties, DigitaloceanSettings>;
  readonly domain: ClaimedType<DomainProperties, DigitaloceanSettings>;
  readonly tag: ClaimedType<TagProperties, DigitaloceanSettings>;
  readonly sshKey: ClaimedType<SshKeyProperties, DigitaloceanSettings>;
}

/**
 * The types of an account at DigitalOcean.
 *
 * @param env where token and endpoint are looked for when nobody names them, and where secrets are read
 */
export function digitaloceanIn(env: Environment, waits: Waits = realWaits): DigitaloceanTypes {
  const accounts = accountsIn(env, waits);
  return {
    droplet: dropletIn(env, accounts),
    domain: domainIn(env, accounts),
    tag: tagIn(env, accounts),
    sshKey: sshKeyIn(env, accounts),
  };
}

/** For whoever only wants to know what they are like: it finds no token and no secrets in any environment. */
export const digitalocean = digitaloceanIn({});
