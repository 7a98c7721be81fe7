import { type Report, type ReportForm, type Result, reportAs } from "@muster/checks";
import type { Cli } from "../cli.ts";
import { paint } from "../print/paint.ts";

const COLORS = { pass: "green", fail: "red", unknown: "yellow" } as const;

export function printReport({ out }: Pick<Cli, "out">, form: ReportForm, report: Report): void {
  const colored = (verdict: Result["verdict"], text: string) => paint(out, COLORS[verdict], text);
  out.write(reportAs(form, report, colored));
}
