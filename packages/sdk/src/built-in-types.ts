/** The built-in types as an editor knows them. Nothing is loaded for it. */
import type { Schema } from "@muster/plugin";
import type { container } from "@muster/provider-container";
import type {
  DigitaloceanSettings,
  DomainProperties,
  DropletProperties,
  SshKeyProperties,
  TagProperties,
} from "@muster/provider-digitalocean";
import type { directory, file, instanceFile } from "@muster/provider-file";
import type { processType } from "@muster/provider-process";
import type { vmType } from "@muster/provider-vm";

type PropertiesOf<T> = T extends { readonly schema: Schema<infer P> } ? P : never;
type SettingsOf<T> = T extends { readonly settings: Schema<infer C> } ? Partial<C> : never;

/** The properties of each, by its name. */
export interface BuiltInTypes {
  readonly "instance-file": PropertiesOf<typeof instanceFile>;
  readonly file: PropertiesOf<typeof file>;
  readonly process: PropertiesOf<typeof processType>;
  readonly container: PropertiesOf<typeof container>;
  readonly vm: PropertiesOf<typeof vmType>;
  readonly directory: PropertiesOf<typeof directory>;
  readonly droplet: DropletProperties;
  readonly "digitalocean-domain": DomainProperties;
  readonly tag: TagProperties;
  readonly "ssh-key": SshKeyProperties;
}

/** Settings by the name of the type, of its family, or of an entry that has a `type`; what is left out keeps its default. */
export interface Providers {
  readonly "instance-file"?: SettingsOf<typeof instanceFile>;
  readonly file?: SettingsOf<typeof file>;
  readonly process?: SettingsOf<typeof processType>;
  readonly container?: SettingsOf<typeof container>;
  readonly directory?: SettingsOf<typeof directory>;
  readonly vm?: SettingsOf<typeof vmType>;
  /** For droplets, domains, tags and SSH keys alike. */
  readonly digitalocean?: Partial<DigitaloceanSettings>;
  readonly [other: string]: object | undefined;
}
