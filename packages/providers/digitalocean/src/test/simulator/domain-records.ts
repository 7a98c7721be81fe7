import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import { type Answer, NO_CONTENT, notFound, unprocessable } from "./answer.ts";
import { page } from "./paging.ts";
import { read } from "./read.ts";
import type { Call, Route } from "./route.ts";
import type { Domain, DomainRecord, World } from "./world.ts";

const RECORDS = "/v2/domains/:domain/records";

export const domainRecordRoutes: readonly Route[] = [
  { method: "GET", path: RECORDS, scope: "domain:read", answer: list },
  { method: "POST", path: RECORDS, scope: "domain:create", answer: create },
  { method: "GET", path: `${RECORDS}/:record`, scope: "domain:read", answer: get },
  { method: "PUT", path: `${RECORDS}/:record`, scope: "domain:update", answer: change },
  { method: "PATCH", path: `${RECORDS}/:record`, scope: "domain:update", answer: change },
  { method: "DELETE", path: `${RECORDS}/:record`, scope: "domain:delete", answer: remove },
];

const USUAL_TTL = 1800;
const SHORTEST_TTL = 30;

/** Records whose data is the name of a host. */
const NAMING = ["CNAME", "MX", "NS", "SRV"];

const TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"] as const;

const port = z.number().int().min(0).max(65_535);

const fields = z.object({
  type: z.enum(TYPES),
  name: z.string().min(1).default("@"),
  data: z.string().min(1),
  priority: port.optional(),
  port: port.optional(),
  ttl: z.number().int().min(SHORTEST_TTL).default(USUAL_TTL),
  weight: port.optional(),
  flags: z.number().int().min(0).max(255).optional(),
  tag: z.string().optional(),
});

/** What every domain has from the beginning. */
export function firstRecords(world: World): readonly DomainRecord[] {
  const servers = ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"];
  return [
    recordFor(world, { type: "SOA", name: "@", data: String(USUAL_TTL) }),
    ...servers.map((data) => recordFor(world, { type: "NS", name: "@", data })),
  ];
}

export function recordFor(
  world: World,
  given: Pick<DomainRecord, "type" | "name" | "data"> & Partial<DomainRecord>,
): DomainRecord {
  const nothing = { priority: null, port: null, ttl: USUAL_TTL, weight: null, flags: null, tag: null };
  return { id: world.nextId("record"), ...nothing, ...given };
}

/** Throws `Refusal` 404. */
export function domainOf({ world, params }: Call): Domain {
  const domain = world.domains.get(params["domain"] ?? "");
  if (domain === undefined) throw notFound();
  return domain;
}

/** Filters by type and by the full name. */
function list(call: Call): Answer {
  const { searchParams } = call.url;
  const [type, name] = [searchParams.get("type"), searchParams.get("name")];
  const domain = domainOf(call);
  const found = [...domain.records.values()].filter(
    (record) => (type ?? record.type) === record.type && (name === null || fullName(domain, record) === name),
  );
  return page(call.url, "domain_records", found, (record) => record);
}

function create(call: Call): Answer {
  const domain = domainOf(call);
  const given = read(fields, call.body);
  checkData(given.type, given.data);
  const record = recordFor(call.world, { ...given, data: withoutDot(given.type, given.data) });
  put(call.world, domain, record);
  return { status: 201, body: { domain_record: record } };
}

function get(call: Call): Answer {
  return { status: 200, body: { domain_record: recordOf(call) } };
}

/** What is not said stays. */
function change(call: Call): Answer {
  const before = recordOf(call);
  const given = read(fields.partial(), call.body);
  if (given.type !== undefined && given.type !== before.type)
    throw unprocessable("The type of a record cannot change.");
  if (given.data !== undefined) checkData(before.type, given.data);
  // Only what was sent: a schema that is partial still knows what is usual.
  const sent = Object.keys(Object(call.body));
  const said = Object.fromEntries(Object.entries(given).filter(([key]) => sent.includes(key)));
  const data = given.data === undefined ? before.data : withoutDot(before.type, given.data);
  const record: DomainRecord = { ...before, ...said, data };
  put(call.world, domainOf(call), record);
  return { status: 200, body: { domain_record: record } };
}

function remove(call: Call): Answer {
  const domain = domainOf(call);
  const { id } = recordOf(call);
  const records = new Map(domain.records);
  records.delete(id);
  call.world.domains.set(domain.name, { ...domain, records });
  return NO_CONTENT;
}

function recordOf(call: Call): DomainRecord {
  const record = domainOf(call).records.get(Number(call.params["record"]));
  if (record === undefined) throw notFound();
  return record;
}

function put(world: World, domain: Domain, record: DomainRecord): void {
  world.domains.set(domain.name, { ...domain, records: new Map([...domain.records, [record.id, record]]) });
}

function fullName(domain: Domain, { name }: DomainRecord): string {
  return name === "@" ? domain.name : `${name}.${domain.name}`;
}

/** Throws `Refusal`. */
function checkData(type: string, data: string): void {
  if (type === "A" && !isIPv4(data)) throw unprocessable("Data needs to be a valid IPv4 address.");
  if (type === "AAAA" && !isIPv6(data)) throw unprocessable("Data needs to be a valid IPv6 address.");
  if (NAMING.includes(type) && data !== "@" && !data.endsWith(".")) {
    throw unprocessable("Data needs to end with a dot (.)");
  }
}

/** The dot that must be sent is not given back. */
function withoutDot(type: string, data: string): string {
  return NAMING.includes(type) && data !== "@" ? data.replace(/\.$/, "") : data;
}
