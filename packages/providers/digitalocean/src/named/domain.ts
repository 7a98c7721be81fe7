import type { Observed } from "@muster/model";
import { type ClaimedProvider, type ClaimedType, ProviderError } from "@muster/plugin";
import { z } from "zod";
import type { Accounts, OpenAccount } from "../accounts.ts";
import type { DomainRecord } from "../api/answers.ts";
import { failureOf } from "../api/failure.ts";
import { type DigitaloceanSettings, digitaloceanSettingsIn, type Environment } from "../settings.ts";
import { firstSeen } from "./first-seen.ts";

const domainProperties = z.strictObject({
  name: z
    .string()
    .max(253)
    .regex(
      /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$/,
      "must be a domain, like example.com, in lower case",
    )
    .describe("The domain, like `example.com`"),
  ip_address: z.ipv4().optional().describe("The address of the domain itself: its one A record"),
});
export type DomainProperties = z.infer<typeof domainProperties>;

export function domainIn(env: Environment, accounts: Accounts): ClaimedType<DomainProperties, DigitaloceanSettings> {
  return {
    known: "claim",
    naming: "name",
    name: "digitalocean-domain",
    family: "digitalocean",
    summary: "A domain whose records DigitalOcean serves",
    schema: domainProperties,
    settings: digitaloceanSettingsIn(env),
    effects: { ip_address: "in-place" },
    settleMs: 10_000,
    local: false,
    open: async (settings, io) => domainsAt(accounts.at(settings, io)),
  };
}

function domainsAt({ account, scope, time }: OpenAccount): ClaimedProvider<DomainProperties> {
  const { domains } = account;
  const since = firstSeen(time.io.now);

  const observed = (name: string, records: readonly DomainRecord[]): Observed<DomainProperties> => {
    const [first, ...others] = records;
    // Where there are several, no one of them is the address.
    const isOne = first !== undefined && others.length === 0;
    const properties = { name, ...(isOne ? { ip_address: first.data } : {}) };
    return { id: name, tags: {}, phase: "running", properties, since: since(name) };
  };

  return {
    known: "claim",
    scope,

    async read(name, { signal }) {
      if ((await domains.get(name, signal)) === undefined) return undefined;
      return observed(name, await domains.addresses(name, signal));
    },

    async *list({ signal }) {
      for (const { name } of await domains.list(signal)) yield [observed(name, await domains.addresses(name, signal))];
    },

    async create(want, _tags, { signal }) {
      const { name, ip_address } = want;
      if ((await domains.get(name, signal)) !== undefined) {
        throw new ProviderError("conflict", `the domain ${name} is in the account already`);
      }
      const answer = await domains.create(ip_address === undefined ? { name } : { name, ip_address }, signal);
      if (answer.kind === "answered") return { id: name };
      if (!/already exists/i.test(answer.message)) throw failureOf(answer);
      throw new ProviderError("conflict", `the domain ${name} cannot be made: ${answer.message}`);
    },

    async update({ id: name }, { ip_address }, { signal }) {
      if (ip_address === undefined) return;
      const [first, ...others] = await domains.addresses(name, signal);
      if (others.length > 0) throw severalAddresses(name, [first, ...others]);
      if (first === undefined) await domains.addAddress(name, ip_address, signal);
      else if (first.data !== ip_address) await domains.changeAddress(name, first.id, ip_address, signal);
    },

    async destroy(name, { signal }) {
      const answer = await domains.destroy(name, signal);
      if (answer.kind === "refused" && answer.status !== 404) throw failureOf(answer);
    },
  };
}

function severalAddresses(name: string, records: readonly (DomainRecord | undefined)[]): ProviderError {
  const told = records.flatMap((record) => (record === undefined ? [] : [`${record.data} (${record.id})`])).join(", ");
  const next = "leave `ip_address` out, or delete all but one in DigitalOcean's control panel";
  return new ProviderError("invalid", `${name} has several A records, and Muster keeps one: ${told}: ${next}`);
}
