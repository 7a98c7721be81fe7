import type { Flavor } from "../contract.ts";
import { methods, type ServedFlavor } from "../wire/methods.ts";
import type { Caller } from "./caller.ts";
import { callMuster, schemaOf } from "./muster.ts";

/** A flavor that a plugin of Muster's own kind serves. */
export function flavorOf(served: ServedFlavor, caller: Caller): Flavor {
  const { name: flavor, summary, effects, can } = served;
  const base: Flavor = { name: flavor, summary, effects, schema: schemaOf(caller, flavor, served.schema) };
  return {
    ...base,
    ...(can.includes("validate")
      ? {
          async validate(properties, slots) {
            await callMuster(
              caller,
              methods.flavorValidate,
              { flavor, properties, slots },
              "ask",
              undefined,
              "invalid",
            );
          },
        }
      : {}),
    ...(can.includes("prepare")
      ? {
          async prepare(want, member, properties) {
            return (await callMuster(caller, methods.prepare, { flavor, properties, want, member }, "act")).want;
          },
        }
      : {}),
    ...(can.includes("health")
      ? {
          async health(observed, properties) {
            return (await callMuster(caller, methods.health, { flavor, properties, observed }, "ask")).verdict;
          },
        }
      : {}),
    ...(can.includes("started")
      ? {
          async started(observed, properties, { signal }) {
            await callMuster(caller, methods.started, { flavor, properties, observed }, "act", signal);
          },
        }
      : {}),
    ...(can.includes("drain")
      ? {
          async drain(observed, properties, { signal }) {
            await callMuster(caller, methods.drain, { flavor, properties, observed }, "act", signal);
          },
        }
      : {}),
  };
}
