import type { Printer } from "../cli.ts";
import type { StackDrift } from "../work/drifted.ts";
import { paint, plain } from "./paint.ts";
import { hasChanges, plansText } from "./plan.ts";

/** What has drifted, and apart from it what somebody means to change. */
export function driftsText(drifts: readonly StackDrift[], printer: Pick<Printer, "colors">): string {
  return drifts.map((drift) => driftText(drift, printer)).join("");
}

function driftText({ stack, generation, drift, intended }: StackDrift, printer: Pick<Printer, "colors">): string {
  const name = plain(stack);
  const unwritten = generation === 0 ? `${name}  not declared here yet: compared with what the file says\n` : "";
  // That it is declared otherwise is told below, of what is meant.
  const found = { ...drift, changed: false, changes: [] };
  const drifted = hasChanges(found) ? plansText([found], printer) : `${name}  as declared\n`;
  if (intended === undefined) return unwritten + drifted;
  const meant = intended.changed ? "the file declares it otherwise" : "declared, and not carried through yet";
  return `${unwritten}${drifted}${paint(printer, "dim", `${name}  ${meant}: this is no drift`)}\n${plansText([intended], printer)}`;
}
