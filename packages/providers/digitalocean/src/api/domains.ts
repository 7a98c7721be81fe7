import { z } from "zod";
import { ANYTHING, type Domain, type DomainRecord, domainForm, recordForm } from "./answers.ts";
import type { Answer, Link } from "./ask.ts";
import { failureOf } from "./failure.ts";
import { type Listing, listed } from "./pages.ts";

export interface Domains {
  list(signal: AbortSignal): Promise<readonly Domain[]>;
  /** Undefined where the account has none of this name. */
  get(name: string, signal: AbortSignal): Promise<Domain | undefined>;
  /** With an address, its own A record is made, too. What is refused with 422 may be somebody else's. */
  create(
    domain: { readonly name: string; readonly ip_address?: string },
    signal: AbortSignal,
  ): Promise<Answer<unknown>>;
  /** With all of its records. What is refused with 404 is not there. */
  destroy(name: string, signal: AbortSignal): Promise<Answer<unknown>>;
  /** The A records of the name itself, not of names below it. */
  addresses(name: string, signal: AbortSignal): Promise<readonly DomainRecord[]>;
  addAddress(name: string, address: string, signal: AbortSignal): Promise<void>;
  changeAddress(name: string, record: number, address: string, signal: AbortSignal): Promise<void>;
}

const one = z.object({ domain: domainForm });
const domainPage: Listing<{ domains: Domain[] }, Domain> = {
  form: z.object({ domains: z.array(domainForm) }),
  items: ({ domains }) => domains,
  id: ({ name }) => name,
};
const recordPage: Listing<{ domain_records: DomainRecord[] }, DomainRecord> = {
  form: z.object({ domain_records: z.array(recordForm) }),
  items: ({ domain_records }) => domain_records,
  id: ({ id }) => id,
};

export function domainsOf(link: Link): Domains {
  return {
    list(signal) {
      const failing = "the domains cannot be listed";
      return listed(link, { path: "/v2/domains", signal, failing, right: "domain:read" }, domainPage);
    },

    async get(name, signal) {
      const failing = `the domain ${name} cannot be looked at`;
      const answer = await link.ask({ method: "GET", path: at(name), signal, failing, right: "domain:read" }, one);
      if (answer.kind === "answered") return answer.value.domain;
      if (answer.status === 404) return undefined;
      throw failureOf(answer);
    },

    create(body, signal) {
      const failing = `the domain ${body.name} cannot be made`;
      return link.ask({ method: "POST", path: "/v2/domains", body, signal, failing, right: "domain:create" }, ANYTHING);
    },

    destroy(name, signal) {
      const failing = `the domain ${name} cannot be destroyed`;
      return link.ask({ method: "DELETE", path: at(name), signal, failing, right: "domain:delete" }, ANYTHING);
    },

    async addresses(name, signal) {
      const failing = `the records of ${name} cannot be listed`;
      // The server compares with whole names: the domain's own stands for itself.
      const query = { type: "A", name };
      const all = await listed(link, { path: records(name), query, signal, failing, right: "domain:read" }, recordPage);
      return all.filter((record) => record.type === "A" && (record.name === "@" || record.name === name));
    },

    async addAddress(name, address, signal) {
      const failing = `the address of ${name} cannot be set`;
      const body = { type: "A", name: "@", data: address };
      const asked = { method: "POST", path: records(name), body, signal, failing, right: "domain:update" } as const;
      const answer = await link.ask(asked, ANYTHING);
      if (answer.kind === "refused") throw failureOf(answer);
    },

    async changeAddress(name, record, address, signal) {
      const failing = `the address of ${name} cannot be changed`;
      const path = `${records(name)}/${record}`;
      const body = { type: "A", data: address };
      const answer = await link.ask({ method: "PUT", path, body, signal, failing, right: "domain:update" }, ANYTHING);
      if (answer.kind === "refused") throw failureOf(answer);
    },
  };
}

function at(name: string): string {
  return `/v2/domains/${encodeURIComponent(name)}`;
}

function records(name: string): string {
  return `${at(name)}/records`;
}
