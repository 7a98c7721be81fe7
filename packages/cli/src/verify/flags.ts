/** Which flags of `muster verify` say nothing beside which others: what is passed over in silence is taken for done. */
import { MusterError } from "@muster/model";
import type { VerifyFlags } from "../work/verify.ts";

/** What is done: asked once, asked whenever somebody wants to know, or looked up. */
type Way = "to ask" | "--serve" | "--last" | "--history";

interface Rule {
  readonly flag: string;
  isGiven(flags: VerifyFlags): boolean;
  /** The ways in which it says something. */
  readonly of: readonly Way[];
}

const ASKING = ["to ask", "--serve"] as const;

/** What is not here says something in all ways. */
const RULES: readonly Rule[] = [
  { flag: "--target", isGiven: ({ target }) => target !== undefined, of: ASKING },
  { flag: "--only", isGiven: ({ only }) => only !== undefined, of: ASKING },
  { flag: "--no-derived", isGiven: ({ derived }) => !derived, of: ASKING },
  { flag: "--timeout", isGiven: ({ timeout }) => timeout !== undefined, of: ASKING },
  { flag: "--retry-for", isGiven: ({ retryFor }) => retryFor !== undefined, of: ["to ask"] },
  { flag: "--since", isGiven: ({ since }) => since !== undefined, of: ["--history"] },
  { flag: "--cache", isGiven: ({ cache }) => cache !== undefined, of: ["--serve"] },
  { flag: "--tls-cert", isGiven: ({ tlsCert }) => tlsCert !== undefined, of: ["--serve"] },
  { flag: "--tls-key", isGiven: ({ tlsKey }) => tlsKey !== undefined, of: ["--serve"] },
  { flag: "--token-file", isGiven: ({ tokenFile }) => tokenFile !== undefined, of: ["--serve"] },
];

/** Throws `usage.bad-value` at the first flag that says nothing. */
export function refuseIdle(flags: VerifyFlags): void {
  const [way = "to ask", second] = waysOf(flags);
  if (second !== undefined) throw bad(second, `it says nothing with ${way}`, `one of ${way} and ${second}`);
  const idle = RULES.find(({ isGiven, of }) => isGiven(flags) && !of.includes(way));
  if (idle === undefined) return;
  const { flag, of } = idle;
  if (way !== "to ask") throw bad(flag, `it says nothing with ${way}`, `one of ${flag} and ${way}`);
  throw bad(flag, `it says nothing without ${of[0]}`, `${of[0]} with it, or leave it out`);
}

function waysOf({ serve, last, history }: VerifyFlags): readonly Way[] {
  const all: readonly (readonly [Way, boolean])[] = [
    ["--last", last],
    ["--history", history],
    ["--serve", serve !== undefined],
  ];
  return all.flatMap(([way, isGiven]) => (isGiven ? [way] : []));
}

function bad(what: string, detail: string, wanted: string): MusterError {
  return new MusterError("usage.bad-value", { what, detail, wanted });
}
