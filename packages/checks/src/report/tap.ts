/** A report as TAP 14. What could not be told is not ok. */
import { type Report, statementText } from "../verify.ts";
import { printable } from "./text.ts";

export function reportTap({ results }: Report): string {
  const lines = results.flatMap((result, index) => {
    const { verdict, target, expected, found, difference, reason } = result;
    const name = printable(`${statementText(result)} [${target}]`).replaceAll(/[\\#]/g, "\\$&");
    if (verdict === "pass") return [`ok ${index + 1} - ${name}`];
    const told = { verdict, expected, found, difference, reason };
    const block = Object.entries(told).flatMap(([key, value]) =>
      value === undefined ? [] : [`  ${key}: ${JSON.stringify(value)}`],
    );
    return [`not ok ${index + 1} - ${name}`, "  ---", ...block, "  ..."];
  });
  return `${["TAP version 14", `1..${results.length}`, ...lines].join("\n")}\n`;
}
