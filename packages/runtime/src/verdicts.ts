import type { Seen } from "@muster/engine";
import { messageOf, PASS, type Verdict } from "@muster/model";
import { presence } from "@muster/plugin";
import type { Treatment } from "./bind.ts";
import type { Clock } from "./ports.ts";

const AT_ONCE = 16;
const DEADLINE_MS = 10_000;

/**
 * Asks the flavor about every member: that of its own version. One that does not answer in time is `unknown`, never a
 * failure.
 */
export async function verdictsOn(
  members: readonly Seen[],
  treatmentOf: (revision: string) => Treatment,
  clock: Clock,
): Promise<ReadonlyMap<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  const patients: Patient[] = [];
  for (const member of members) {
    const treatment = treatmentOf(member.mark.revision);
    if (treatment.flavor.health !== undefined) patients.push({ member, treatment });
    else verdicts.set(member.id, member.phase === "running" ? PASS : presence(member));
  }
  if (patients.length > 0) await askAll(patients, clock, (id, verdict) => verdicts.set(id, verdict));
  return verdicts;
}

/** A member whose flavor knows of health. */
interface Patient {
  readonly member: Seen;
  readonly treatment: Treatment;
}

interface Question extends Patient {
  readonly since: number;
  answered: boolean;
}

/**
 * Asks about so many at once, in their order. All have the same deadline, so the oldest question is the first to pass
 * it, and one timer watches over all of them.
 */
function askAll(
  patients: readonly Patient[],
  clock: Clock,
  tell: (id: string, verdict: Verdict) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const asked: Question[] = [];
    let oldest = 0;
    let left = patients.length;
    for (let i = 0; i < AT_ONCE; i++) askNext();
    let cancel = clock.after(DEADLINE_MS, giveUp);

    function askNext(): void {
      const patient = patients[asked.length];
      if (patient === undefined) return;
      const question: Question = { ...patient, since: clock.now(), answered: false };
      asked.push(question);
      void healthOf(patient).then((verdict) => answer(question, verdict));
    }

    function answer(question: Question, verdict: Verdict): void {
      if (question.answered) return;
      question.answered = true;
      tell(question.member.id, verdict);
      left--;
      askNext();
      if (left > 0) return;
      cancel();
      resolve();
    }

    function giveUp(): void {
      for (;;) {
        const question = asked[oldest];
        if (question === undefined) return;
        const wait = question.since + DEADLINE_MS - clock.now();
        if (!question.answered && wait > 0) {
          cancel = clock.after(wait, giveUp);
          return;
        }
        oldest++;
        const reason = `flavor ${question.treatment.flavor.name} did not answer within ${DEADLINE_MS / 1_000} s`;
        answer(question, { kind: "unknown", reason });
      }
    }
  });
}

async function healthOf({ member, treatment: { flavor, group } }: Patient): Promise<Verdict> {
  try {
    return await (flavor.health?.(member, group.flavor.properties) ?? presence(member));
  } catch (thrown) {
    return { kind: "unknown", reason: messageOf(thrown) };
  }
}
