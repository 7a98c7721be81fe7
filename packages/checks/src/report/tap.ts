/** A report as TAP 14. What could not be told is not ok. */
import { type Report, statementText } from "../verify.ts";
import { printable } from "./text.ts";

export function reportTap({ results }: Report): string {
  const lines = results.flatMap((result, index) => {
    const { verdict, target, expected, found, difference, reason, optional } = result;
    const name = printable(`${statementText(result)} [${target}]`).replaceAll(/[\\#]/g, "\\$&");
    if (verdict === "pass") return [`ok ${index + 1} - ${name}`];
    const told = { verdict, expected, found, difference, reason };
    const block = Object.entries(told).flatMap(([key, value]) =>
      value === undefined ? [] : [`  ${key}: ${JSON.stringify(value)}`],
    );
    const todo = optional === true ? " # TODO it need not hold" : "";
    return [`not ok ${index + 1} - ${name}${todo}`, "  ---", ...block, "  ..."];
  });
  return `${["TAP version 14", `1..${results.length}`, ...lines].join("\n")}\n`;
}
