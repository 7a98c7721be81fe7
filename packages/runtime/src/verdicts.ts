import type { Seen } from "@muster/engine";
import { messageOf, type Verdict } from "@muster/model";
import { presence } from "@muster/plugin";
import { flavorPropertiesOf, type Treatment } from "./bind.ts";
import type { Clock } from "./ports.ts";

const AT_ONCE = 16;
/** All questions of one look together take no longer. */
const DEADLINE_MS = 10_000;

/** Asks about the health of members, each as its own version is treated. */
export type AskHealth = (
  members: readonly Seen[],
  treatmentOf: (revision: string) => Treatment,
) => Promise<ReadonlyMap<string, Verdict>>;

/**
 * Asks the flavor about every member. Whoever has not answered when the time of the whole look is over is `unknown`,
 * never a failure; and is asked after all the others the next time, so that nobody waits behind it for ever.
 */
export function healthQuestions(clock: Clock): AskHealth {
  let silent: ReadonlySet<string> = new Set();
  return async (members, treatmentOf) => {
    const verdicts = new Map<string, Verdict>();
    const patients: Patient[] = [];
    for (const member of members) {
      const treatment = treatmentOf(member.mark.revision);
      // Who has ended needs no doctor.
      if (treatment.flavor.health !== undefined && member.phase !== "ended") patients.push({ member, treatment });
      else verdicts.set(member.id, presence(member));
    }
    if (patients.length === 0) return verdicts;
    silent = await askAll(silentLast(patients, silent), clock, (id, verdict) => verdicts.set(id, verdict));
    return verdicts;
  };
}

function silentLast(patients: readonly Patient[], silent: ReadonlySet<string>): readonly Patient[] {
  if (silent.size === 0) return patients;
  const isSilent = ({ member }: Patient) => silent.has(member.id);
  return [...patients.filter((each) => !isSilent(each)), ...patients.filter(isSilent)];
}

/** A member whose flavor knows of health. */
interface Patient {
  readonly member: Seen;
  readonly treatment: Treatment;
}

/**
 * Asks about so many at once, in their order, until all have answered or the time is over. Resolves with those that were
 * asked and did not answer.
 */
function askAll(
  patients: readonly Patient[],
  clock: Clock,
  tell: (id: string, verdict: Verdict) => void,
): Promise<ReadonlySet<string>> {
  return new Promise((resolve) => {
    const open = new Map(patients.map((patient) => [patient.member.id, patient]));
    let asked = 0;
    const cancel = clock.after(DEADLINE_MS, giveUp);
    for (let i = 0; i < AT_ONCE; i++) askNext();

    function askNext(): void {
      const patient = patients[asked];
      if (patient === undefined) return;
      asked++;
      void healthOf(patient).then((verdict) => answer(patient, verdict));
    }

    function answer({ member }: Patient, verdict: Verdict): void {
      if (!open.delete(member.id)) return;
      tell(member.id, verdict);
      askNext();
      if (open.size > 0) return;
      cancel();
      resolve(new Set());
    }

    function giveUp(): void {
      const silent = new Set(patients.slice(0, asked).flatMap(({ member }) => (open.has(member.id) ? member.id : [])));
      for (const [id, { treatment }] of open) {
        const late = `did not answer within ${DEADLINE_MS / 1_000} s`;
        const reason = silent.has(id) ? late : `${late} for others, so that ${id} was not asked about`;
        tell(id, { kind: "unknown", reason: `flavor ${treatment.flavor.name} ${reason}` });
      }
      asked = patients.length;
      open.clear();
      resolve(silent);
    }
  });
}

async function healthOf({ member, treatment }: Patient): Promise<Verdict> {
  try {
    return await (treatment.flavor.health?.(member, flavorPropertiesOf(treatment, member.mark)) ?? presence(member));
  } catch (thrown) {
    return { kind: "unknown", reason: messageOf(thrown) };
  }
}
