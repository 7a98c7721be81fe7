import type { Whom } from "@muster/checks";
import type { Seen } from "@muster/engine";
import { messageOf, type Verdict } from "@muster/model";
import { presence } from "@muster/plugin";
import { flavorPropertiesOf, type Treatment } from "./bind.ts";
import { checksOfMember } from "./checks/of-member.ts";
import { together, verdictsOf } from "./checks/verdict.ts";
import type { AskChecks } from "./checks/whom.ts";
import type { Clock } from "./ports.ts";

const AT_ONCE = 16;
/** All questions of one look together take no longer. */
const DEADLINE_MS = 10_000;

/** Asks about the health of members, each as its own version is treated. */
export type AskHealth = (
  members: readonly Seen[],
  treatmentOf: (revision: string) => Treatment,
  checking?: Checking,
) => Promise<ReadonlyMap<string, Verdict>>;

/** How checks of members are asked. */
export interface Checking {
  /** Whom they are asked of. */
  whomOf(id: string): Whom;
  readonly ask: AskChecks;
  /** Nobody waits for the answers any more. */
  readonly letGo: AbortSignal;
}

/**
 * Asks the flavor about every member, and then of those that are healthy what is to hold besides. Whoever has not answered when the time of the whole look is over is `unknown`,
 * never a failure; and is asked after all the others the next time, so that nobody waits behind it for ever.
 */
export function healthQuestions(clock: Clock): AskHealth {
  let silent: ReadonlySet<string> = new Set();
  return async (members, treatmentOf, checking) => {
    const verdicts = new Map<string, Verdict>();
    const patients: Patient[] = [];
    for (const member of members) {
      const treatment = treatmentOf(member.mark.revision);
      const isAsked = treatment.flavor.health !== undefined || hasChecks(treatment, checking);
      // Who has ended needs no doctor.
      if (isAsked && member.phase !== "ended") patients.push({ member, treatment, checking });
      else verdicts.set(member.id, presence(member));
    }
    if (patients.length === 0) return verdicts;
    silent = await askAll(silentLast(patients, silent), clock, (id, verdict) => verdicts.set(id, verdict));
    return verdicts;
  };
}

function hasChecks({ group }: Treatment, checking: Checking | undefined): checking is Checking {
  return checking !== undefined && group.checks.length > 0;
}

function silentLast(patients: readonly Patient[], silent: ReadonlySet<string>): readonly Patient[] {
  if (silent.size === 0) return patients;
  const isSilent = ({ member }: Patient) => silent.has(member.id);
  return [...patients.filter((each) => !isSilent(each)), ...patients.filter(isSilent)];
}

/** A member whose flavor knows of health, or of which there are checks. */
interface Patient {
  readonly member: Seen;
  readonly treatment: Treatment;
  readonly checking: Checking | undefined;
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
    const over = new AbortController();
    /** Those whose health is known, and whose checks have not answered yet. */
    const healthy = new Set<string>();
    let asked = 0;
    const cancel = clock.after(DEADLINE_MS, giveUp);
    for (let i = 0; i < AT_ONCE; i++) askNext();

    function askNext(): void {
      const patient = patients[asked];
      if (patient === undefined) return;
      asked++;
      void verdictOf(patient, over.signal, () => healthy.add(patient.member.id)).then((verdict) => {
        answer(patient, verdict);
      });
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
        const who = healthy.has(id) ? "its checks" : `flavor ${treatment.flavor.name}`;
        tell(id, { kind: "unknown", reason: `${who} ${reason}` });
      }
      over.abort();
      asked = patients.length;
      open.clear();
      resolve(silent);
    }
  });
}

async function verdictOf(
  { member, treatment, checking }: Patient,
  signal: AbortSignal,
  isHealthy: () => void,
): Promise<Verdict> {
  try {
    const health = await (treatment.flavor.health?.(member, flavorPropertiesOf(treatment, member.mark)) ??
      presence(member));
    if (health.kind !== "pass" || !hasChecks(treatment, checking)) return health;
    isHealthy();
    const resolved = checksOfMember(treatment, member.mark);
    const over = AbortSignal.any([signal, checking.letGo]);
    const verdicts = await verdictsOf(resolved, checking.whomOf(member.id), checking.ask, over);
    return together(
      resolved.map(({ check }) => check),
      verdicts,
    );
  } catch (thrown) {
    return { kind: "unknown", reason: messageOf(thrown) };
  }
}
