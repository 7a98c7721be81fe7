import { describe, expect, it } from "vitest";
import { type Answer, known, noFacts, type Ran, unanswered } from "../facts.ts";
import type { Asked } from "../kind.ts";
import { container } from "./container.ts";

const asked: Asked = { subject: "web", options: {}, properties: new Set(["exists"]) };

/** What is found of a property where the engines' command lines ended so. */
function found(property: string, answer: Answer<Ran>) {
  const facts = noFacts();
  for (const { of } of container.asking.needs(asked)) facts.run.set(of, answer);
  return container.asking.found(property, asked, facts);
}

function ended(exit: number, stdout = "", more: Partial<Ran> = {}): Answer<Ran> {
  return known({
    exit,
    stdout: { text: stdout, whole: true },
    stderr: { text: "", whole: true },
    late: false,
    ...more,
  });
}

const told = (state: object, image = "web:2", restarts = 1) =>
  ended(0, [state, image, restarts].map((each) => JSON.stringify(each)).join("\n"));

describe("a check of a container", () => {
  it.each([
    ["there is no engine", ended(4)],
    ["an engine could not be asked", ended(5, "", { stderr: { text: "docker: permission denied\n", whole: true } })],
    ["the engine was silent", ended(124, "", { late: true })],
    ["it told more than is read", ended(0, "{", { stdout: { text: "{", whole: false } })],
    ["it told something else", ended(0, "hello")],
    ["the target hung up", unanswered("it hung up")],
  ])("is unknown where %s", (_, answer) => {
    for (const property of ["exists", "running"]) expect(found(property, answer).kind).toBe("unknown");
  });

  it("is not there where an engine says so", () => {
    expect(found("exists", ended(3))).toEqual({ kind: "is", value: false });
    expect(found("running", ended(3))).toEqual({ kind: "none", why: "there is no container web" });
  });

  it("is what the engine tells, under either of the names that health has had", () => {
    const runs = { Status: "running", Running: true, ExitCode: 0, Health: { Status: "healthy" } };
    const of = (answer: Answer<Ran>) => (property: string) => found(property, answer);
    expect(["running", "status", "image", "restarts", "health", "exit"].map(of(told(runs)))).toEqual([
      ...[true, "running", "web:2", 1, "healthy"].map((value) => ({ kind: "is", value })),
      { kind: "none", why: "it runs" },
    ]);
    const over = { Status: "exited", Running: false, ExitCode: 137, Healthcheck: { Status: "" } };
    expect(["running", "exit", "health"].map(of(told(over)))).toEqual([
      ...[false, 137].map((value) => ({ kind: "is", value })),
      { kind: "none", why: "it has no health check" },
    ]);
  });
});
