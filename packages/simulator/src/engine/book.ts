/** What is written down, and what the next life finds: a store without files, locks and chains. */
import { type Memory, memoryFrom } from "@muster/engine";
import { type Event, type Json, MusterError } from "@muster/model";
import type { Declaration, Writes } from "@muster/store";
import type { Life } from "../crash.ts";
import { STACK } from "../grammar.ts";
import type { Stage } from "../stage.ts";
import { refusing } from "../store.ts";

/** What a test may break, to see that it is noticed. */
export interface Breakage {
  /** What is written in the place of what should be. */
  readonly writes?: (writes: Writes) => Writes;
  /** What a later life finds in the place of what was written. */
  readonly recalled?: (memory: Json) => Json;
  /** Whoever writes is taken for the one that holds the stack. */
  readonly unfenced?: boolean;
}

export interface Book {
  declaration(): Declaration | undefined;
  memory(group: string): Memory;
  /** The book as one life writes in it. The write throws `stack.lost`, `store.full` or `store.failed`: nothing was written. */
  writer(life: Life): (writes: Writes) => void;
}

/** @param holder the life that holds the stack */
export function openBook(stage: Stage, holder: () => number, { writes: broken, recalled, unfenced }: Breakage): Book {
  const { clock, tell } = stage;
  const memories = new Map<string, Json>();
  let declaration: Declaration | undefined;
  let seq = 0;

  function write(life: Life, { declaration: declared, memory = {}, events: drafts = [] }: Writes): void {
    if (declared !== undefined) declaration = declared ?? undefined;
    for (const [group, value] of Object.entries(memory)) {
      if (value === null) memories.delete(group);
      else memories.set(group, value);
    }
    const at = clock.now();
    const events = drafts.map((draft): Event => ({ ...draft, stack: STACK, at, hash: "", previous: "", seq: ++seq }));
    const said = { kind: "wrote", life: life.number, memory, events } as const;
    tell(declared === undefined ? said : { ...said, declaration: declared });
  }

  return {
    declaration: () => declaration,
    memory(group) {
      const value = memories.get(group);
      if (value === undefined) return memoryFrom(undefined, group);
      // As from a real store: what is read shares nothing with what was written.
      const copy = copyOf(value);
      return memoryFrom(recalled?.(copy) ?? copy, group);
    },
    writer(life) {
      const refusal = refusing(stage);
      return (writes) => {
        const refused = refusal();
        if (refused !== undefined) {
          tell({ kind: "unwritten", life: life.number, why: refused.message });
          throw refused;
        }
        if (life.number !== holder() && unfenced !== true) {
          throw new MusterError("stack.lost", { stack: STACK, detail: `Muster ${holder()} has taken it over` });
        }
        write(life, broken?.(writes) ?? writes);
      };
    },
  };
}

function copyOf(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(value)) copy[key] = copyOf(inner);
  return copy;
}
