/**
 * What is read of things and never declared, made up: always the same for the same thing, and as the schema takes it.
 * Addresses and names are from where none of them is anybody's (RFC 2544, 3849, 5737, 2606).
 */
import type { Json, JsonObject } from "@muster/model";
import { jsonSchemaOf, type Schema } from "@muster/plugin";
import { z } from "zod";

/** @param number which thing of its type it is, from 1 */
export type MakeUp = (id: string, number: number) => JsonObject;

export function outputsOf(outputs: Schema<object> | undefined): MakeUp {
  if (outputs === undefined) return () => ({});
  const { properties = {} } = described.parse(jsonSchemaOf(outputs));
  return (id, number) => {
    const entries = Object.entries(properties).flatMap(([name, schema]): [string, Json][] => {
      const value = candidates(name, schema, id, number).find((each) => takes(outputs, name, each));
      return value === undefined ? [] : [[name, value]];
    });
    return Object.fromEntries(entries);
  };
}

const described = z.object({
  properties: z
    .record(
      z.string(),
      z.object({
        type: z.string().optional(),
        format: z.string().optional(),
        const: z.json().optional(),
        enum: z.array(z.json()).optional(),
        examples: z.array(z.json()).optional(),
        minimum: z.number().optional(),
      }),
    )
    .optional(),
});
type Described = NonNullable<z.infer<typeof described>["properties"]>[string];

/** What it could be, the likeliest first. */
function candidates(name: string, schema: Described, id: string, number: number): readonly Json[] {
  const told = [
    ...(schema.const === undefined ? [] : [schema.const]),
    ...(schema.enum ?? []),
    ...(schema.examples ?? []),
  ];
  return [...told, ...texts(name, schema, id, number), `${name} of ${id}`, number, schema.minimum ?? 0, false, [], {}];
}

function texts(name: string, { format }: Described, id: string, number: number): readonly string[] {
  const [public4, private4, public6] = [
    publicAddress(number),
    privateAddress(number),
    `2001:db8::${number.toString(16)}`,
  ];
  const host = `${id.replaceAll(/[^A-Za-z0-9-]+/g, "-")}.example.com`;
  switch (format) {
    case "ipv4":
      return [public4];
    case "ipv6":
      return [public6];
    case "uri":
      return [`https://${host}/`];
    case "email":
      return [`${host.split(".")[0]}@example.com`];
    case "date-time":
      return ["2026-01-01T00:00:00Z"];
    case "uuid":
      return [`00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`];
  }
  if (/ipv6|ip6/i.test(name)) return [public6];
  if (/(^|_)(ip|ipv4|address)(_|$)|address/i.test(name)) return [/private|internal/i.test(name) ? private4 : public4];
  if (/ur[il]$/i.test(name)) return [`https://${host}/`];
  if (/host|fqdn|domain/i.test(name)) return [host];
  return [];
}

/** The ranges of documentation have room for 762, and that of benchmarks for all others. */
function publicAddress(number: number): string {
  const [range, host] = [Math.floor((number - 1) / 254), ((number - 1) % 254) + 1];
  const prefix = ["192.0.2", "198.51.100", "203.0.113"][range];
  if (prefix !== undefined) return `${prefix}.${host}`;
  return `198.${18 + (Math.floor(number / 65_536) % 2)}.${Math.floor(number / 256) % 256}.${number % 256}`;
}

function privateAddress(number: number): string {
  return `10.${Math.floor(number / 65_536) % 256}.${Math.floor(number / 256) % 256}.${number % 256}`;
}

function takes(outputs: Schema<object>, name: string, value: Json): boolean {
  const issues = outputs.safeParse({ [name]: value }).error?.issues ?? [];
  return !issues.some(({ path }) => path[0] === name);
}
