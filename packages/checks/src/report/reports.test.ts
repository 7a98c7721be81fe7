import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Report } from "../verify.ts";
import { REPORT_FORMS, type ReportForm, reportAs } from "./reports.ts";

const REPORT: Report = {
  results: [
    { kind: "port", subject: 8080, property: "listening", target: "local", verdict: "pass" },
    {
      ...{ kind: "file", subject: '/a "b" # <c>', title: "the greeting", property: "content", target: "ssh://web-1" },
      ...{ verdict: "fail", expected: '"a\\nb"', found: '"a\\u0007"', difference: "line 2:\n- b\n+ \u0007\u001b[31m" },
    },
    {
      ...{ kind: "service", subject: "ssh", property: "running", target: "local" },
      ...{ verdict: "unknown", reason: "there is no service manager that could be asked" },
    },
  ],
  counts: { pass: 1, fail: 1, unknown: 1 },
  at: 1_700_000_000_500,
  rounds: 2,
  tookMs: 1_250,
};

const written = (form: ReportForm) => reportAs(form, REPORT, (_, text) => text);

describe("a report", () => {
  it("for Prometheus is what Prometheus's own judge takes", ({ skip }) => {
    const judged = spawnSync("promtool", ["check", "metrics"], { input: written("prometheus"), encoding: "utf8" });
    if (judged.error !== undefined)
      skip("promtool (Debian: prometheus) is not here: its judgement of the metrics is left out");
    expect([judged.status, judged.stdout, judged.stderr]).toEqual([0, "", ""]);
  });

  it("for a person tells what does not hold, where the two part, and writes out what a terminal would act upon", () => {
    expect(written("text")).toBe(`pass    port 8080: listening [local]
fail    the greeting (file /a "b" # <c>: content) [ssh://web-1]
        expected "a\\nb"
        found    "a\\u0007"
        line 2:
        - b
        + \\u{7}\\u{1b}[31m
unknown service ssh: running [local]
        could not be told: there is no service manager that could be asked
1 pass, 1 fail, 1 unknown, asked 2 times (1s)
`);
  });

  it("as TAP has a line for each, and what could not be told is not ok", () => {
    const lines = written("tap").split("\n");
    expect(lines.slice(0, 5)).toEqual([
      "TAP version 14",
      "1..3",
      "ok 1 - port 8080: listening [local]",
      'not ok 2 - the greeting (file /a "b" \\# <c>: content) [ssh://web-1]',
      "  ---",
    ]);
    expect(lines.find((line) => line.startsWith("not ok 3"))).toContain("service ssh");
  });

  it("as JUnit has a suite for each target, a failure and an error, and holds nothing that XML must not", () => {
    const xml = written("junit");
    expect(xml).toContain('<testsuites name="muster verify" tests="3" failures="1" errors="1" time="1.250">');
    expect(xml).toContain('<testsuite name="ssh://web-1" tests="1" failures="1" errors="0">');
    expect(xml).toContain('name="the greeting (file /a &quot;b&quot; # &lt;c&gt;: content)"');
    expect(xml).toContain('<error message="there is no service manager that could be asked"/>');
    expect(xml).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it("as JSON is the report", () => {
    expect(JSON.parse(written("json"))).toEqual(REPORT);
  });

  it("for Prometheus has 1 and 0, and no number for what could not be told", () => {
    const text = written("prometheus");
    expect(text).toContain('muster_check_pass{kind="port",subject="8080",property="listening",target="local"} 1\n');
    expect(text).toContain(
      'subject="/a \\"b\\" # <c>",property="content",target="ssh://web-1",title="the greeting"} 0\n',
    );
    expect(text).toContain('muster_check_unknown{kind="service",subject="ssh",property="running",target="local"} 1\n');
    expect(text).not.toContain('muster_check_pass{kind="service"');
    expect(text).toContain('muster_check_unknown{kind="port",subject="8080",property="listening",target="local"} 0\n');
    expect(text).toContain('muster_checks{verdict="unknown"} 1\n');
    expect(text).toContain("\nmuster_checks_duration_seconds 1.25\n");
    expect(text).toContain("\nmuster_checks_last_round_timestamp_seconds 1700000000.5\n");
  });

  it("for Prometheus has each series once, whatever was asked twice, and the worst of it counts", () => {
    const asked = { kind: "file", subject: 'a\\b\n"c"', property: "size", target: "local" } as const;
    const twice: Report = {
      ...REPORT,
      results: [
        { ...asked, verdict: "pass" },
        { ...asked, verdict: "fail", expected: "1", found: "2" },
        { ...asked, verdict: "pass" },
      ],
    };
    const lines = reportAs("prometheus", twice, (_, text) => text).split("\n");
    expect(lines.filter((line) => line.startsWith("muster_check_pass"))).toEqual([
      'muster_check_pass{kind="file",subject="a\\\\b\\n\\"c\\"",property="size",target="local"} 0',
    ]);
  });

  it("tells what need not hold as nothing that is wrong", () => {
    const [, failing, untold] = REPORT.results.map((result) => ({ ...result, optional: true as const }));
    if (failing === undefined || untold === undefined) throw new Error("there are three");
    const report: Report = { ...REPORT, results: [failing, untold], counts: { pass: 0, fail: 0, unknown: 0 } };
    const form = (name: ReportForm) => reportAs(name, report, (_, text) => text);
    expect(form("tap").match(/^not ok \d .* # TODO it need not hold$/gm)).toHaveLength(2);
    expect(form("junit")).toContain('<testsuites name="muster verify" tests="2" failures="0" errors="0" skipped="2"');
    expect(form("junit")).toContain('<skipped message="there is no service manager that could be asked"/>');
    expect(form("junit")).not.toMatch(/<failure|<error/);
    expect(form("prometheus").match(/^muster_check_\w+\{.*optional="true"\} [01]$/gm)).toHaveLength(3);
  });

  it("ends with a line end, in every form", () => {
    for (const form of REPORT_FORMS) expect(written(form).endsWith("\n")).toBe(true);
  });
});
