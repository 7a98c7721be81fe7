import { canary } from "./invariants/canary.ts";
import { converged } from "./invariants/converged.ts";
import { foreign } from "./invariants/foreign.ts";
import { former } from "./invariants/former.ts";
import { observed, paused } from "./invariants/held.ts";
import { hour } from "./invariants/hour.ts";
import type { Invariant } from "./invariants/invariant.ts";
import { judged } from "./invariants/judged.ts";
import { leases } from "./invariants/leases.ts";
import { names } from "./invariants/names.ts";
import { available, surge } from "./invariants/numbers.ts";
import { progress } from "./invariants/progress.ts";
import { quarantine } from "./invariants/quarantine.ts";
import { causes, record } from "./invariants/record.ts";
import { repair } from "./invariants/repair.ts";
import { repeat } from "./invariants/repeat.ts";
import { rest } from "./invariants/rest.ts";
import { version } from "./invariants/version.ts";

/** The invariants of the design, numbered as there, and what the policies promise, each as it is checked here. */
export const INVARIANTS: readonly Invariant[] = [
  foreign,
  repeat,
  available,
  surge,
  names,
  repair,
  quarantine,
  hour,
  rest,
  converged,
  record,
  causes,
  canary,
  version,
  judged,
  progress,
  paused,
  observed,
  former,
  leases,
];
