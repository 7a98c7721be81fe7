/** What a flavor is held to. It makes nothing: it is asked about a member that does not exist. */
import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, type JsonObject, type Observed, type Verdict } from "@muster/model";
import { asProviderError, type Flavor, type Member } from "../contract.ts";
import { demand, NotOffered, type Statement } from "./statement.ts";
import { demandFailure, type Sample } from "./subject.ts";

export interface FlavorSubject {
  readonly flavor: Flavor;
  readonly muster: boolean;
  readonly sample: Sample;
  /** What a member is made of before the flavor adds to it. */
  readonly template: JsonObject;
  /** How long a drain may take, in milliseconds. */
  readonly patience: number;
}

const VERDICTS: Readonly<Record<Verdict["kind"], true>> = { pass: true, fail: true, unknown: true };
const MEMBER: Member = { stack: "conformance", group: "conformance", slot: "0", slots: { kind: "numbered", size: 1 } };

export function flavorStatements(subject: FlavorSubject): readonly Statement[] {
  const { flavor, sample, template, patience } = subject;
  const member: Observed = {
    id: "conformance",
    tags: { "conformance.kind": "member" },
    phase: "running",
    properties: template,
    since: Date.now(),
  };
  return [
    {
      says: "its schema accepts the sample",
      next: "Give properties that it accepts: `--properties JSON`, as under a group's flavor.",
      gate: true,
      async check() {
        demand(sample.accepts(sample.good), "properties to try it with", `${JSON.stringify(sample.good)} is refused`);
      },
    },
    {
      says: "validate accepts the sample",
      next: "If the sample is not enough, give properties with `--properties JSON`.",
      gate: true,
      async check() {
        if (flavor.validate === undefined) throw new NotOffered("validate is not offered");
        await flavor.validate(sample.good, MEMBER.slots);
      },
    },
    ...(subject.muster ? [rubbishStatement(subject)] : []),
    {
      says: "prepare makes the same of the same, and keeps what the template says",
      next: "Add to the template without taking anything away, and leave time and chance out of it.",
      async check() {
        if (flavor.prepare === undefined) throw new NotOffered("prepare is not offered");
        const once = await flavor.prepare(template, MEMBER, sample.good);
        const twice = await flavor.prepare(template, MEMBER, sample.good);
        demand(isDeepStrictEqual(once, twice), `the same again: ${JSON.stringify(once)}`, twice);
        demand(keeps(once, template), `all of ${JSON.stringify(template)}`, once);
      },
    },
    {
      says: "health answers pass, fail or unknown",
      next: "Answer one of the three; `fail` and `unknown` say why in `reason`.",
      async check() {
        if (flavor.health === undefined) throw new NotOffered("health is not offered");
        const verdict = await flavor.health(member, sample.good);
        demand(Object.hasOwn(VERDICTS, verdict.kind), "pass, fail or unknown", verdict);
      },
    },
    {
      says: "started returns, or says why it could not be done",
      next: "Fail with a kind of failure (`retryable`, `invalid` …) where it cannot be done, and do not wait for ever.",
      async check() {
        if (flavor.started === undefined) throw new NotOffered("started is not offered");
        const failure = await flavor
          .started(member, sample.good, { signal: AbortSignal.timeout(patience) })
          .then(() => undefined, asProviderError);
        demand(failure?.kind !== "unknown", "no failure, or one that says its kind", failure?.message);
      },
    },
    {
      says: "drain returns, also for a member that is gone",
      next: "Answer drain when there is nothing (left) to wait for.",
      async check() {
        if (flavor.drain === undefined) throw new NotOffered("drain is not offered");
        await flavor.drain(member, sample.good, { signal: AbortSignal.timeout(patience) });
      },
    },
  ];
}

function rubbishStatement({ flavor, sample }: FlavorSubject): Statement {
  return {
    says: "what its schema refuses is refused, as `invalid`",
    next: "Say in the schema what each property is, and check against it in the plugin too.",
    async check() {
      const { rubbish } = sample;
      demand(rubbish !== undefined, "a schema that refuses something", sample.jsonSchema);
      if (flavor.validate === undefined) throw new NotOffered("validate is not offered");
      const { validate } = flavor;
      await demandFailure("invalid", () => validate(rubbish, MEMBER.slots));
    },
  };
}

/** True when everything of `template` is in `prepared`: texts may have grown, lists and objects may have more. */
function keeps(prepared: Json | undefined, template: Json): boolean {
  if (typeof template === "string") return typeof prepared === "string" && prepared.includes(template);
  if (Array.isArray(template)) {
    return Array.isArray(prepared) && template.every((each) => prepared.some((other) => keeps(other, each)));
  }
  if (isObject(template)) {
    return isObject(prepared) && Object.entries(template).every(([key, value]) => keeps(prepared[key], value));
  }
  return prepared === template;
}
