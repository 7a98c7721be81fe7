/** Each type of the catalog as a kind of check: what there is of it, by its name or id. */
import { type Asked, type Found, KINDS, type Kind, type MoreKinds, type Property } from "@muster/checks";
import { isObject, type Json, type JsonObject, ownOf, type Phase } from "@muster/model";
import { type Catalog, type PropertyView, propertiesOf, type Type } from "@muster/plugin";

/** What there is of one thing. */
export type ThingFound =
  | {
      readonly kind: "there";
      readonly phase: Phase;
      readonly properties: JsonObject;
      readonly secrets: readonly string[];
    }
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly why: string };

/** Looks for a thing of a type by its name or id. Throws nothing. */
export type AskThing = (type: string, name: string) => Promise<ThingFound>;

/** Tasks are none: nothing of them stays. Types that are called as a kind of the table are meant by nobody. */
export function resourceKinds(catalog: Pick<Catalog, "type" | "typeNames">, ask: AskThing): MoreKinds {
  const types = catalog.typeNames().flatMap((name) => catalog.type(name, "muster") ?? []);
  const others = types.filter(({ name }) => !Object.hasOwn(KINDS, name));
  return Object.fromEntries(others.map((type) => [type.name, kindOfType(type, ask)]));
}

const LONGEST_NAME = 4_095;
const PHASES: readonly string[] = ["starting", "running", "ending", "ended", "unknown"] satisfies Phase[];

function kindOfType(type: Type, ask: AskThing): Kind {
  const declared = propertiesOf(type.schema).map((view) => [view.name, propertyOf(view, type)] as const);
  const outputs = type.outputs === undefined ? [] : propertiesOf(type.outputs);
  return {
    summary: type.summary,
    subject: {
      meaning: "Its name, or its id",
      schema: { type: "string", minLength: 1, maxLength: LONGEST_NAME },
      fault: (value) =>
        typeof value === "string" && value !== "" && value.length <= LONGEST_NAME
          ? undefined
          : "must be a name or an id",
    },
    options: {},
    properties: {
      phase: {
        ...{ is: "text", meaning: `Where it is in its life: ${PHASES.join(", ")}` },
        fault: (value) => (PHASES.includes(String(value)) ? undefined : `it is one of ${PHASES.join(", ")}`),
      },
      ...Object.fromEntries(outputs.map((view) => [view.name, outputOf(view)])),
      ...Object.fromEntries(declared),
      exists: { is: "flag", meaning: "It is there" },
    },
    asking: {
      where: "here",
      async ask({ subject }: Asked) {
        const thing = await ask(type.name, String(subject));
        return (property) => foundOf(property, thing, String(subject), type);
      },
    },
  };
}

function propertyOf(view: PropertyView, { schema, unordered }: Type): Property {
  const { name } = view;
  return {
    ...outputOf(view, (unordered ?? []).includes(name)),
    fault(value) {
      const issues = schema.safeParse({ [name]: value }).error?.issues ?? [];
      const [issue] = issues.filter(({ path: [first] }) => first === name);
      return issue?.message.replace(/^Invalid \w+: /, "");
    },
  };
}

function outputOf({ schema, meaning }: PropertyView, isUnordered = false): Property {
  const is = matchedOf(schema, isUnordered);
  return { is, meaning, ...(is === "record" ? { exact: true } : {}) };
}

function matchedOf(schema: Json, isUnordered: boolean): Property["is"] {
  if (!isObject(schema)) return "any";
  const either = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(either)) {
    const [first, ...others] = new Set(either.map((each: Json) => matchedOf(each, isUnordered)));
    return first !== undefined && others.length === 0 ? first : "any";
  }
  switch (schema["type"]) {
    case "boolean":
      return "flag";
    case "integer":
    case "number":
      return "number";
    case "string":
      return "text";
    case "array":
      return isUnordered && isObject(schema["items"]) && schema["items"]["type"] === "string" ? "texts" : "any";
    case "object":
      return isObject(schema["additionalProperties"]) && schema["additionalProperties"]["type"] === "string"
        ? "record"
        : "any";
    default:
      return typeof schema["const"] === "string" || isTexts(schema["enum"]) ? "text" : "any";
  }
}

function isTexts(values: Json | undefined): boolean {
  return Array.isArray(values) && values.every((each: Json) => typeof each === "string");
}

function foundOf(
  property: string,
  thing: ThingFound,
  name: string,
  { unreadable, unordered, name: type }: Type,
): Found {
  if (thing.kind === "unknown") return { kind: "unknown", why: thing.why };
  if (property === "exists") return { kind: "is", value: thing.kind === "there" };
  if (thing.kind === "none") return { kind: "none", why: `there is no ${type} ${name}` };
  if (thing.secrets.includes(property)) return { kind: "unknown", why: "its stack declares it as a secret" };
  if ((unreadable ?? []).some((each) => each === property)) return { kind: "unknown", why: "it is never shown again" };
  const value = ownOf(thing.properties, property) ?? (property === "phase" ? thing.phase : undefined);
  if (value === undefined) return { kind: "unknown", why: `its provider does not show ${property}` };
  const isSet = (unordered ?? []).some((each) => each === property) && Array.isArray(value);
  return {
    kind: "is",
    value: isSet && value.every((each: Json) => typeof each === "string") ? value.toSorted() : value,
  };
}
