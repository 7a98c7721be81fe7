/**
 * What a check takes from whom it is declared with: `${self.port}` of a member or a resource, `${type.name.property}` of any
 * resource. A text that is nothing but one of them is the value itself; `$${` writes `${`.
 */
import type { Check, Matcher, Statement } from "./check.ts";
import { isObject, type Json } from "./json.ts";
import { type ResourceReference, resourceReferencesIn } from "./resource-references.ts";

export type CheckReference =
  /** A word of its own member or resource. */
  | { readonly of: "self"; readonly text: string; readonly word: string }
  | ({ readonly of: "resource" } & ResourceReference);

const PATTERN = /\$\$\{|\$\{(?:self\.[A-Za-z_][\w-]*|[a-z][a-z0-9-]*\.[^{}\n]+)\}/g;

/** What one text of a check takes, in the order in which it stands there. */
export function checkReferencesIn(text: string): readonly CheckReference[] {
  if (!text.includes("${")) return [];
  return [...text.matchAll(PATTERN)].flatMap(([whole]) => referenceOf(whole) ?? []);
}

function referenceOf(whole: string): CheckReference | undefined {
  const word = /^\$\{self\.([\w-]+)\}$/.exec(whole)?.[1];
  if (word !== undefined) return { of: "self", text: whole, word };
  const [reference] = resourceReferencesIn(whole);
  return reference && { of: "resource", text: whole, address: reference.address, property: reference.property };
}

export interface ResolvedCheck {
  readonly check: Check;
  /** References of which nobody knows what they stand for, as written. They stand in the check as they are. */
  readonly unknown: readonly string[];
}

/** @param value undefined: it is not known */
export function resolveCheck(check: Check, value: (reference: CheckReference) => Json | undefined): ResolvedCheck {
  const unknown = new Set<string>();
  const put = (text: string, shown: (found: Json) => string = textOf): Json => {
    if (!text.includes("${")) return text;
    const find = (whole: string): Json | undefined => {
      const reference = referenceOf(whole);
      if (reference === undefined) return undefined;
      const found = value(reference);
      if (found === undefined) unknown.add(whole);
      return found;
    };
    const [only] = checkReferencesIn(text);
    if (only?.text === text && shown === textOf) return find(text) ?? text;
    return text.replaceAll(PATTERN, (whole) => {
      if (whole === "$${") return "${";
      const found = find(whole);
      return found === undefined ? whole : shown(found);
    });
  };
  const within = (json: Json): Json => {
    if (typeof json === "string") return put(json);
    if (Array.isArray(json)) return json.map(within);
    if (!isObject(json)) return json;
    return Object.fromEntries(Object.entries(json).map(([key, each]) => [key, within(each)]));
  };
  const say = ({ property, matcher }: Statement): Statement => ({ property, matcher: resolveMatcher(matcher) });

  function resolveMatcher(matcher: Matcher): Matcher {
    switch (matcher.word) {
      case "equals":
      case "contains":
        return { ...matcher, value: within(matcher.value) };
      case "containsAll":
      case "oneOf":
        return { ...matcher, values: matcher.values.map(within) };
      case "matches":
        return { ...matcher, pattern: String(put(matcher.pattern, literally)) };
      case "not":
      case "any":
      case "all":
      case "none":
      case "length":
      case "json":
      case "yaml":
      case "ini":
      case "key":
        return { ...matcher, of: resolveMatcher(matcher.of) };
      case "every":
        return { ...matcher, of: matcher.of.map(resolveMatcher) };
      case "min":
      case "max":
      case "between":
      case "sorted":
      case "since":
        return matcher;
    }
  }

  const [first, ...others] = check.statements;
  const options = Object.fromEntries(Object.entries(check.options).map(([key, each]) => [key, within(each)]));
  const resolved: Check = {
    ...{ kind: check.kind, subject: within(check.subject), options },
    ...(check.title === undefined ? {} : { title: textOf(put(check.title)) }),
    statements: [say(first), ...others.map(say)],
  };
  return { check: resolved, unknown: [...unknown] };
}

function textOf(found: Json): string {
  return typeof found === "string" ? found : JSON.stringify(found);
}

/** What is put into an expression stands for itself there. */
function literally(found: Json): string {
  return textOf(found).replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
