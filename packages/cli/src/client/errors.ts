import type { WireError } from "@muster/daemon";
import { type ErrorCode, errorTable, isObject, MusterError, MusterErrors, type Place } from "@muster/model";
import type { Answer } from "./http.ts";

/** Where a part of a document stands in its text. */
export type Locate = (path: readonly (string | number)[], what: "key" | "value", within?: number) => Place;

/** What the daemon threw, thrown again here; with line and column where `locate` knows the text. */
export function errorFrom({ status, text }: Answer, socket: string, locate?: Locate): MusterError | MusterErrors {
  const [first, ...others] = wireErrors(text).map((error) => musterError(error, socket, locate));
  if (first === undefined) {
    return new MusterError("daemon.bad-answer", { socket, detail: `status ${status} without a reason` });
  }
  return others.length === 0 ? first : new MusterErrors([first, ...others]);
}

function wireErrors(text: string): readonly WireError[] {
  let body: { readonly error?: WireError; readonly errors?: readonly WireError[] };
  try {
    body = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isObject(body)) return [];
  return [...(body.error ? [body.error] : []), ...(Array.isArray(body.errors) ? body.errors : [])];
}

function musterError({ code, message, words, place }: WireError, socket: string, locate?: Locate): MusterError {
  if (!isKnown(code)) return new MusterError("daemon.bad-answer", { socket, detail: `${code}: ${message}` });
  const { at, ...plain } = place ?? {};
  const found = at !== undefined && locate !== undefined ? locate(at.path, at.what, at.within) : plain;
  return new MusterError(code, words, Object.keys(found).length === 0 ? {} : { place: found });
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}
