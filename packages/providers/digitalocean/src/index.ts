/** The types of DigitalOcean: `droplet`, `digitalocean-domain`, `tag` and `ssh-key`. */
export { type DigitaloceanTypes, digitalocean, digitaloceanIn } from "./digitalocean.ts";
export type { DropletOutputs, DropletProperties } from "./droplet/properties.ts";
export type { DomainProperties } from "./named/domain.ts";
export type { SshKeyOutputs, SshKeyProperties } from "./named/ssh-key.ts";
export type { TagOutputs, TagProperties } from "./named/tag.ts";
export type { DigitaloceanSettings } from "./settings.ts";
