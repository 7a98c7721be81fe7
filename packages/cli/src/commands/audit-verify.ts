import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { VerifyFlags } from "../work/audit-verify.ts";
import { documented, OUTPUT, STACK } from "./flags.ts";

export const auditVerify = buildCommand<VerifyFlags, [string?], Cli>({
  loader: async () => (await import("../work/audit-verify.ts")).verifyHistory,
  parameters: {
    flags: {
      output: OUTPUT,
      head: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "hash",
        brief: "A hash that was printed before and kept elsewhere: it must still be there",
      },
      newest: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "n",
        brief: "Only the newest so many events of each stack: quick, and tells nothing of those before",
      },
    },
    positional: { kind: "tuple", parameters: [STACK] },
  },
  docs: documented(
    "Verify that the history is what was written",
    "Goes along the hash chain of every stack, or of one, and names the first link that does not hold. Prints the hash of\n" +
      "the last event: kept elsewhere and given with --head, it also shows whether the end was cut off. Reads the store\n" +
      "itself, also while a Muster runs.",
    "muster audit verify",
    "muster audit verify shop --output json",
  ),
});
