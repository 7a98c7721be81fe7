/** All that is asked of one account at DigitalOcean. */
import type { Io } from "@muster/plugin";
import { linkTo } from "./ask.ts";
import type { Endpoint } from "./connection.ts";
import { type Domains, domainsOf } from "./domains.ts";
import { type Droplets, dropletsOf } from "./droplets.ts";
import { type Keys, keysOf } from "./keys.ts";
import { type Offers, offersOf } from "./offers.ts";
import { type TagsOfAccount, tagsOf } from "./tags.ts";

export interface Account {
  readonly droplets: Droplets;
  readonly tags: TagsOfAccount;
  readonly keys: Keys;
  readonly domains: Domains;
  readonly offers: Offers;
}

/** Nothing is asked before somebody wants something. */
export function accountAt(endpoint: Endpoint, io: Io): Account {
  const link = linkTo(endpoint, io);
  return {
    droplets: dropletsOf(link),
    tags: tagsOf(link),
    keys: keysOf(link),
    domains: domainsOf(link),
    offers: offersOf(link),
  };
}
