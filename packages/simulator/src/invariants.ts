import { converged } from "./invariants/converged.ts";
import { foreign } from "./invariants/foreign.ts";
import type { Invariant } from "./invariants/invariant.ts";
import { available, surge } from "./invariants/numbers.ts";
import { causes, record } from "./invariants/record.ts";
import { repair } from "./invariants/repair.ts";
import { repeat } from "./invariants/repeat.ts";
import { rest } from "./invariants/rest.ts";

/** The invariants of the design, each as it is checked here. */
export const INVARIANTS: readonly Invariant[] = [
  foreign,
  repeat,
  available,
  surge,
  repair,
  rest,
  converged,
  record,
  causes,
];
