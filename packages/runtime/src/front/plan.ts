/** What a declaration would do to its files, as the members of their groups are now. Nothing is written. */
import { type FilePlan, type FrontFile, ownOf, type Stack } from "@muster/model";
import { asProviderError, type Catalog, ProviderError } from "@muster/plugin";
import type { Store } from "@muster/store";
import type { Clock } from "../ports.ts";
import { type GivenSettings, type Providers, settingsFor } from "../providers.ts";
import { draw, type StandingOf } from "./drawn.ts";
import { differing, lookAt, reasonOf } from "./exchange.ts";

export interface FilePlanDeps {
  readonly store: Pick<Store, "claimed">;
  readonly catalog: Catalog;
  readonly providers: Providers;
  readonly settings: GivenSettings;
  readonly clock: Clock;
  readonly standingOf: StandingOf;
}

export async function planFiles(now: Stack, was: Stack | undefined, deps: FilePlanDeps): Promise<readonly FilePlan[]> {
  const files = now.fronts;
  const plans: FilePlan[] = [];
  for (const file of Object.values(files)) plans.push(await planFile(file, now, deps));
  for (const path of Object.keys(was?.fronts ?? {})) {
    if (ownOf(files, path) === undefined) plans.push({ path, effect: "released", changes: [] });
  }
  return plans.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function planFile(file: FrontFile, stack: Stack, deps: FilePlanDeps): Promise<FilePlan> {
  const { path } = file;
  try {
    const drawn = draw(file, deps.standingOf);
    if (drawn === undefined) throw new ProviderError("retryable", "one of its groups cannot be looked at");
    const type = deps.catalog.type("file", "muster");
    if (type === undefined) throw new ProviderError("unavailable", "there is no type `file`");
    const provider = await deps.providers.open(type, settingsFor(type, stack.providers, deps.settings));
    if (provider.known !== "claim") throw new ProviderError("invalid", "files are not known by their names");
    const { found } = await lookAt(path, provider, { ...deps, stack: stack.name });
    if (found === undefined) return { path, effect: "create", changes: [] };
    const changes = differing(found, drawn.want);
    return { path, effect: changes.length === 0 ? "none" : "in-place", changes };
  } catch (thrown) {
    const held = { reason: `file.${asProviderError(thrown).kind}`, message: reasonOf(thrown, path) };
    return { path, effect: "none", changes: [], held };
  }
}
