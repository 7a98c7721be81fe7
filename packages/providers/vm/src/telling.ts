/** A machine as a person, and the engine, is told of it. */
import type { Observed } from "@muster/model";
import type { Exit } from "@muster/plugin";
import { type Life, lastLine, type Processes, type Sighting, written } from "@muster/provider-process";
import { endingOf, endingText } from "./ending.ts";
import { type VmProperties, vmProperties } from "./properties.ts";
import { complaintIn } from "./qemu/complaint.ts";
import { listener, NOTHING_TOLD, type Told } from "./qemu/told.ts";
import type { TcpReadiness } from "./tcp-ready.ts";

export interface Teller {
  tell(sighting: Sighting): Promise<Observed<VmProperties>>;
  /** True while one that was told of is starting. */
  startsOne(): boolean;
  /** Forgets all but these. */
  keep(sightings: ReadonlyMap<string, Sighting>): void;
}

/** What QEMU complains of where the processor that it was to use has failed it: the machine then stands where it is. */
const BROKEN = "KVM internal error";

/** Its directory was removed under it: it had begun, and no more is known. */
const UNHEARD: Told = { ...NOTHING_TOLD, hasBegun: true };
const DEAF = "its directory was removed: what becomes of its guest cannot be heard";

/** What is declared of one; where its directory was lost, it may say little. */
const declared = vmProperties.partial();

export function teller(processes: Processes, tcp: TcpReadiness): Teller {
  const heard = listener();
  let starting = new Set<string>();
  /** Where it has ended once, it is not read again. */
  let ends = new Map<string, { readonly life: Life["kind"]; readonly text: string }>();

  async function endOf({ id, home, life }: Sighting, told: Told): Promise<string | undefined> {
    // Of one that goes on there is nothing to read but what it has told. One that ended may go on: from a snapshot.
    if (life.kind === "lives" && !told.hasPanicked && told.shutdown === undefined && !told.isPaused) {
      ends.delete(id);
      return undefined;
    }
    const known = ends.get(id);
    if (known?.life === life.kind) return known.text;
    if (life.kind === "ended") await written(home);
    const complaint = complaintIn(home);
    const isBroken = told.isPaused && complaint?.startsWith(BROKEN) === true;
    const evidence = { exit: exitOf(life), told, isBroken, complaint, lastLine: lastLine(home) };
    const ending = endingOf(evidence);
    if (ending === undefined) return undefined;
    const text = endingText(ending, evidence);
    ends.set(id, { life: life.kind, text });
    return text;
  }

  async function stateOf(sighting: Sighting): Promise<Pick<Observed, "phase" | "reason">> {
    const hearing = heard.told(sighting.id, sighting.home);
    const told = hearing ?? UNHEARD;
    const asProcess = await processes.tell(sighting);
    if (asProcess.phase === "ending") return { phase: "ending" };
    const end = await endOf(sighting, told);
    if (end !== undefined) return { phase: "ended", reason: end };
    if (!told.hasBegun) return { phase: "starting", reason: "its hypervisor has not begun yet" };
    if (told.isPaused) return { phase: "running", reason: "it is paused" };
    if (asProcess.phase === "starting" || !(await tcp.isReady(sighting, propertiesOf(sighting)))) {
      return { phase: "starting", reason: "it is not ready yet" };
    }
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
    startsOne: () => starting.size > 0,
    keep(sightings) {
      heard.keep(sightings);
      starting = new Set([...starting].filter((id) => sightings.has(id)));
      ends = new Map([...ends].filter(([id]) => sightings.has(id)));
      tcp.keep(sightings);
    },
  };
}

function propertiesOf({ thing }: Sighting): Partial<VmProperties> {
  return declared.safeParse(thing ?? {}).data ?? {};
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
