import { type JsonObject, type Observed, PASS, type Slots, type Verdict } from "@muster/model";
import {
  asProviderError,
  type Ctx,
  type Flavor,
  type Member,
  ProviderError,
  presence,
  replacedBy,
} from "@muster/plugin";
import { z } from "zod";

const part = z
  .record(z.string(), z.record(z.string(), z.json()))
  .refine((each) => Object.keys(each).length === 1, "must hold one flavor by its name, like { vanilla: {} }");

export const comboProperties = z.strictObject({
  flavors: z.array(part).min(1).max(100).describe("Flavors with their properties, in the order in which they prepare"),
});
export type ComboProperties = z.infer<typeof comboProperties>;

type Find = (name: string) => Flavor | undefined;

/**
 * Several flavors as one, each found by its name. They prepare a member and start it one after the other; its health is the
 * worst that any of them sees, with every reason; all of them drain it. A change replaces the members only where it is of
 * what a flavor puts into them.
 */
export function comboOf(find: Find): Flavor<ComboProperties> {
  return {
    name: "combo",
    summary: "Several flavors as one, in order",
    schema: comboProperties,
    effects: { flavors: "replace" },

    replacing(combo): JsonObject {
      const replaced = combo.flavors.flatMap((each) =>
        Object.entries(each).flatMap(([name, written]) => replacedOf(find(name), name, written)),
      );
      return replaced.length === 0 ? {} : { flavors: replaced };
    },

    async validate(combo, slots) {
      for (const each of partsOf(combo, find)) await each.validate(slots);
    },

    adds: (combo) => partsOf(combo, find).flatMap((each) => each.adds()),

    async prepare(want, member, combo) {
      let prepared = want;
      for (const each of partsOf(combo, find)) prepared = await each.prepare(prepared, member);
      return prepared;
    },

    async health(observed, combo) {
      return worst(await Promise.all(partsOf(combo, find).map((each) => each.health(observed))));
    },

    async started(observed, combo, ctx) {
      for (const each of partsOf(combo, find)) await each.started(observed, ctx);
    },

    async drain(observed, combo, ctx) {
      await drainAll(partsOf(combo, find), observed, ctx);
    },
  };
}

/** What of a part is had by replacing. One that only treats members leaves no trace, so that it can come and go. */
function replacedOf(flavor: Flavor | undefined, name: string, written: JsonObject): readonly JsonObject[] {
  if (flavor === undefined) return [{ [name]: written }];
  const replaced = replacedBy(flavor, written);
  const onlyTreats = flavor.prepare === undefined && Object.keys(replaced).length === 0;
  return onlyTreats ? [] : [{ [name]: replaced }];
}

/** One of the flavors, bound to its properties. Its failures begin with its name. */
interface Part {
  validate(slots: Slots): Promise<void>;
  adds(): readonly string[];
  prepare(want: JsonObject, member: Member): Promise<JsonObject>;
  health(observed: Observed): Promise<Verdict>;
  started(observed: Observed, ctx: Ctx): Promise<void>;
  drain(observed: Observed, ctx: Ctx): Promise<void>;
}

function partsOf(combo: ComboProperties, find: Find): Part[] {
  return combo.flavors.flatMap((each) =>
    Object.entries(each).map(([name, written]) => partOf(named(name, find), written)),
  );
}

function partOf(flavor: Flavor, written: JsonObject): Part {
  const read = flavor.schema.safeParse(written);
  if (!read.success) throw new ProviderError("invalid", `${flavor.name}: ${z.prettifyError(read.error)}`);
  const properties = read.data;
  const saysItself = async <T>(call: () => T | Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (thrown) {
      const { kind, message } = asProviderError(thrown);
      throw new ProviderError(kind, `${flavor.name}: ${message}`, { cause: thrown });
    }
  };
  return {
    validate: (slots) => saysItself(() => flavor.validate?.(properties, slots)),
    adds: () => flavor.adds?.(properties) ?? [],
    prepare: (want, member) => saysItself(() => flavor.prepare?.(want, member, properties) ?? want),
    health: (observed) => saysItself(() => flavor.health?.(observed, properties) ?? presence(observed)),
    started: (observed, ctx) => saysItself(() => flavor.started?.(observed, properties, ctx)),
    drain: (observed, ctx) => saysItself(() => flavor.drain?.(observed, properties, ctx)),
  };
}

function named(name: string, find: Find): Flavor {
  const flavor = find(name);
  if (flavor === undefined) throw new ProviderError("invalid", `there is no flavor \`${name}\``);
  return flavor;
}

/** One failure fails; without one, what is unknown keeps the whole unknown. No reason is lost. */
function worst(verdicts: readonly Verdict[]): Verdict {
  const reasons = (kind: "fail" | "unknown"): string[] => [
    ...new Set(verdicts.flatMap((each) => (each.kind === kind ? [each.reason] : []))),
  ];
  const failed = reasons("fail");
  const unknown = reasons("unknown");
  if (failed.length > 0) return { kind: "fail", reason: [...failed, ...unknown].join("; ") };
  if (unknown.length > 0) return { kind: "unknown", reason: unknown.join("; ") };
  return PASS;
}

/** Every flavor is asked, also after one has failed: half-drained is worse than drained with a complaint. */
async function drainAll(parts: readonly Part[], observed: Observed, ctx: Ctx): Promise<void> {
  const failures: ProviderError[] = [];
  for (const each of parts) {
    try {
      await each.drain(observed, ctx);
    } catch (thrown) {
      failures.push(asProviderError(thrown));
    }
  }
  const [first] = failures;
  if (first === undefined) return;
  throw new ProviderError(first.kind, failures.map((each) => each.message).join("; "), { cause: first });
}
