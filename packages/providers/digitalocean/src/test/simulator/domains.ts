import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import { type Answer, NO_CONTENT, unprocessable } from "./answer.ts";
import { domainOf, domainRecordRoutes, firstRecords, recordFor } from "./domain-records.ts";
import { page } from "./paging.ts";
import { read } from "./read.ts";
import type { Call, Route } from "./route.ts";
import type { Domain } from "./world.ts";

export const domainRoutes: readonly Route[] = [
  { method: "GET", path: "/v2/domains", scope: "domain:read", answer: list },
  { method: "POST", path: "/v2/domains", scope: "domain:create", answer: create },
  { method: "GET", path: "/v2/domains/:domain", scope: "domain:read", answer: get },
  { method: "DELETE", path: "/v2/domains/:domain", scope: "domain:delete", answer: remove },
  ...domainRecordRoutes,
];

const NAME = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i;

function list({ world, url }: Call): Answer {
  return page(url, "domains", [...world.domains.values()], view);
}

function create({ world, body }: Call): Answer {
  const { name, ip_address = "" } = read(z.object({ name: z.string(), ip_address: z.string().optional() }), body);
  if (!NAME.test(name) || name.length > 253) throw unprocessable("Name is not a valid domain name.");
  if (world.domains.has(name)) throw unprocessable("Name already exists.");
  const type = isIPv6(ip_address) ? "AAAA" : "A";
  if (ip_address !== "" && type === "A" && !isIPv4(ip_address)) throw unprocessable("Ip address is not valid.");
  const address = ip_address === "" ? [] : [recordFor(world, { type, name: "@", data: ip_address })];
  const records = [...firstRecords(world), ...address];
  const domain = { name, records: new Map(records.map((record) => [record.id, record])) };
  world.domains.set(name, domain);
  // As it is made, it has no zone yet.
  return { status: 201, body: { domain: { name, ttl: 1800, zone_file: null } } };
}

function get(call: Call): Answer {
  return { status: 200, body: { domain: view(domainOf(call)) } };
}

function remove(call: Call): Answer {
  call.world.domains.delete(domainOf(call).name);
  return NO_CONTENT;
}

function view({ name, records }: Domain): object {
  const lines = [...records.values()].map((record) => `${record.name} ${record.ttl} IN ${record.type} ${record.data}`);
  return { name, ttl: 1800, zone_file: `$ORIGIN ${name}.\n$TTL 1800\n${lines.join("\n")}\n` };
}
