/** Groups: so many members are there, of the declared revision, healthy, and none is to be changed. */
import { placeOf, type Standing, standingIn, type Told } from "@muster/engine";
import type { Assignment } from "../bind.ts";
import type { Glance } from "../glance.ts";
import { fail, PASS, type StateAnswer, type StateVerdict, unknown, value, words } from "./answer.ts";

const PROPERTIES = ["members", "revision", "properties", "health"] as const;

/** @param glanced what was seen of it: by the same look that a plan rests on */
export function groupAnswers({ stack, group }: Assignment, glanced: Glance): readonly StateAnswer[] {
  const common = { kind: "group", subject: placeOf({ stack, name: group.name }) };
  const trouble = troubleOf(glanced);
  if (glanced.kind !== "seen" || trouble !== undefined) {
    return PROPERTIES.map((property) => ({ ...common, property, verdict: unknown(trouble ?? "") }));
  }
  const { bound, look, memory } = glanced;
  const standing = standingIn(bound.declared, look, memory.aside);
  return PROPERTIES.map((property) => ({ ...common, property, verdict: VERDICTS[property](standing) }));
}

/** Whoever looks in another place than where the members are kept has seen nothing of them. */
function troubleOf(glanced: Glance): string | undefined {
  if (glanced.kind !== "seen") return glanced.trouble.message;
  const { moved, bound } = glanced;
  if (moved === undefined) return undefined;
  return `its members are kept in another place than ${bound.provider.scope}: \`--set\` says where`;
}

const VERDICTS: Readonly<Record<(typeof PROPERTIES)[number], (standing: Standing) => StateVerdict>> = {
  members({ wanted, there, empty, displaced }) {
    if (there === wanted && empty.length === 0 && displaced.length === 0) return PASS;
    const missing = empty.length === 0 ? "" : `; missing: ${few(empty)}`;
    const surplus = displaced.length === 0 ? "" : `; in no declared place: ${few(displaced)}`;
    return fail(value(wanted), words(`${there}${missing}${surplus}`));
  },
  revision: (standing) =>
    ofThose(standing, () => {
      const { outdated } = standing;
      return outdated.length === 0 ? PASS : fail(words("the declared one"), words(`another of ${few(outdated)}`));
    }),
  properties: (standing) =>
    ofThose(standing, () => {
      const { differing, unread } = standing;
      if (differing.length > 0) return fail(words("as declared"), words(`otherwise: ${tell(differing)}`));
      return unread.length === 0 ? PASS : unknown(`not to be read: ${tell(unread)}`);
    }),
  health: (standing) =>
    ofThose(standing, () => {
      const { failing, untold } = standing;
      if (failing.length > 0) return fail(words("all healthy"), words(tell(failing)));
      return untold.length === 0 ? PASS : unknown(tell(untold));
    }),
};

/** What nobody is there to have holds of nobody. */
function ofThose({ there, wanted }: Standing, verdict: () => StateVerdict): StateVerdict {
  if (there > 0) return verdict();
  return wanted === 0 ? PASS : fail(words("of all members"), words("nobody is there"));
}

/** Of many, so many are named. */
const NAMED = 3;

function few(all: readonly string[]): string {
  const rest = all.length - NAMED;
  return `${all.slice(0, NAMED).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function tell(all: readonly Told[]): string {
  const rest = all.length - NAMED;
  const named = all.slice(0, NAMED).map(({ id, what }) => `${id}: ${what}`);
  return `${named.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}
