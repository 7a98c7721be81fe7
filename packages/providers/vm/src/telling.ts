/** A machine as a person, and the engine, is told of it. */
import type { Observed } from "@muster/model";
import type { Exit } from "@muster/plugin";
import { type Life, lastLine, type Processes, type Sighting, written } from "@muster/provider-process";
import { endingOf, endingText } from "./ending.ts";
import { type VmProperties, vmProperties } from "./properties.ts";
import { complaintIn } from "./qemu/complaint.ts";
import { listener, NOTHING_TOLD, type Told } from "./qemu/told.ts";
import type { Readiness } from "./ready.ts";

export interface Teller {
  tell(sighting: Sighting): Promise<Observed<VmProperties>>;
  /** True while one that was told of is starting, and only a look can tell that it has started. */
  startsOne(): boolean;
  /** Whether its hypervisor has told what changes anything; that it has begun does not, where its guest is about to answer. */
  hasNews(sighting: Sighting): boolean;
  /** Forgets all but these. */
  keep(sightings: ReadonlyMap<string, Sighting>): void;
}

/** What QEMU complains of where the processor that it was to use has failed it: the machine then stands where it is. */
const BROKEN = "KVM internal error";

/** Its directory was removed under it: it had begun, and no more is known. */
const UNHEARD: Told = { ...NOTHING_TOLD, hasBegun: true, hasRun: true };
const DEAF = "its directory was removed: what becomes of its guest cannot be heard";

/** What is declared of one; where its directory was lost, it may say little. */
const declared = vmProperties.partial();

export function teller(processes: Processes, ready: Readiness): Teller {
  const heard = listener();
  let starting = new Set<string>();
  /** Of those whose process has ended too. Of one that still stands, the last of its console may be on its way. */
  let ends = new Map<string, string>();

  async function endOf({ id, home, life }: Sighting, told: Told): Promise<string | undefined> {
    // Of one that goes on there is nothing to read but what it has told. One that ended may go on: from a snapshot.
    if (life.kind === "lives" && !told.hasPanicked && told.shutdown === undefined && !told.isPaused) {
      return undefined;
    }
    const known = ends.get(id);
    if (known !== undefined) return known;
    if (life.kind === "ended") await written(home);
    const complaint = complaintIn(home);
    const isBroken = told.isPaused && complaint?.startsWith(BROKEN) === true;
    const evidence = { exit: exitOf(life), told, isBroken, complaint, lastLine: lastLine(home) };
    const ending = endingOf(evidence);
    if (ending === undefined) return undefined;
    const text = endingText(ending, evidence);
    if (life.kind !== "lives") ends.set(id, text);
    return text;
  }

  async function stateOf(sighting: Sighting): Promise<Pick<Observed, "phase" | "reason">> {
    const hearing = heard.hear(sighting.id, sighting.home);
    const told = hearing ?? UNHEARD;
    const asProcess = await processes.tell(sighting);
    if (asProcess.phase === "ending") return { phase: "ending" };
    const end = await endOf(sighting, told);
    if (end !== undefined) return { phase: "ended", reason: end };
    const isReady = await ready.isReady(sighting, propertiesOf(sighting));
    if (!told.hasBegun) return { phase: "starting", reason: "its hypervisor has not begun yet" };
    // Its Muster was killed in the middle of taking it back to a snapshot; or it is just about to begin.
    if (!told.hasRun) return { phase: "starting", reason: "its guest has not begun yet" };
    if (told.isPaused) return { phase: "running", reason: "it is paused" };
    if (asProcess.phase === "starting" || !isReady) return { phase: "starting", reason: "it is not ready yet" };
    const reasons = [asProcess.reason, hearing === undefined ? DEAF : undefined].filter((each) => each !== undefined);
    return { phase: "running", ...(reasons.length === 0 ? {} : { reason: reasons.join("; ") }) };
  }

  return {
    async tell(sighting) {
      const { id, tags, since } = sighting;
      const state = await stateOf(sighting);
      if (state.phase === "starting") starting.add(id);
      else starting.delete(id);
      return { id, tags, since, properties: propertiesOf(sighting), ...state };
    },
    startsOne: () => [...starting].some((id) => !ready.expects(id)),
    hasNews({ id, home }) {
      const before = heard.told(id);
      return !isNoNews(before, heard.hear(id, home) ?? UNHEARD) || !ready.expects(id);
    },
    keep(sightings) {
      heard.keep(sightings);
      starting = new Set([...starting].filter((id) => sightings.has(id)));
      ends = new Map([...ends].filter(([id]) => sightings.has(id)));
      ready.keep(sightings);
    },
  };
}

/** Nothing but perhaps that it has begun is different. */
function isNoNews(before: Told, { isPaused, hasPanicked, shutdown }: Told): boolean {
  return before.isPaused === isPaused && before.hasPanicked === hasPanicked && before.shutdown === shutdown;
}

/** What was understood of each: it is the same one look after look. */
const understood = new WeakMap<object, Partial<VmProperties>>();

function propertiesOf({ thing }: Sighting): Partial<VmProperties> {
  if (thing === undefined) return {};
  const known = understood.get(thing);
  if (known !== undefined) return known;
  const properties = declared.safeParse(thing).data ?? {};
  understood.set(thing, properties);
  return properties;
}

function exitOf(life: Life): Exit | "lost" | undefined {
  switch (life.kind) {
    case "lives":
      return undefined;
    case "lost":
      return "lost";
    case "ended":
      return life.exit;
  }
}
