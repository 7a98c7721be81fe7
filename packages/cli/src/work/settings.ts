import { resolve } from "node:path";
import { MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { SetFlags } from "../commands/flags.ts";

/** Settings by provider, as `--set` gives them: all values are texts. */
type GivenSettings = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What `--set` says. Throws `usage.bad-value`. */
export function settingsOf({ cwd }: Cli, { set = [] }: SetFlags): GivenSettings {
  return readSettings(set, cwd);
}

/**
 * Reads `provider.key=value`, each in a text of its own; the last one of a key holds. Whatever Muster does with a path it
 * may do elsewhere, so one that is written as relative (`./x`, `../x`) becomes absolute here. Throws `usage.bad-value`.
 */
export function readSettings(given: readonly string[], cwd: string): GivenSettings {
  // Without a prototype, a provider may be called as somebody's method is.
  const settings: Record<string, Record<string, string>> = Object.create(null);
  for (const text of given) {
    const { provider, key, value } = partsOf(text);
    settings[provider] = { ...settings[provider], [key]: isRelative(value) ? resolve(cwd, value) : value };
  }
  return settings;
}

/** A provider's name may hold dots, a key does not. */
const SETTING = /^(?<provider>[^=]+)\.(?<key>[^.=]+)=(?<value>.*)$/s;

function partsOf(text: string) {
  const { provider, key, value } = SETTING.exec(text)?.groups ?? {};
  if (provider !== undefined && key !== undefined && value !== undefined) return { provider, key, value };
  const wanted = "a provider's name, a dot, a key, `=` and a value: `instance-file.dir=./instances`";
  throw new MusterError("usage.bad-value", { what: "--set", detail: `\`${text}\` sets nothing`, wanted });
}

function isRelative(value: string): boolean {
  return value === "." || value === ".." || value.startsWith("./") || value.startsWith("../");
}
