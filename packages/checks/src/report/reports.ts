import type { Report, Result } from "../verify.ts";
import { reportJunit } from "./junit.ts";
import { reportPrometheus } from "./prometheus.ts";
import { reportTap } from "./tap.ts";
import { reportText } from "./text.ts";

export { printable } from "./text.ts";

export const REPORT_FORMS = ["text", "tap", "junit", "json", "prometheus"] as const;
export type ReportForm = (typeof REPORT_FORMS)[number];

export function reportAs(
  form: ReportForm,
  report: Report,
  paint: (verdict: Result["verdict"], text: string) => string,
): string {
  switch (form) {
    case "text":
      return reportText(report, paint);
    case "tap":
      return reportTap(report);
    case "junit":
      return reportJunit(report);
    case "json":
      return `${JSON.stringify(report)}\n`;
    case "prometheus":
      return reportPrometheus(report);
  }
}
