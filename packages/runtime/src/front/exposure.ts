/** Who may be sent work by those who use a file, and who waits until nobody sends it any. */
import { keyOf, type Named } from "./drawn.ts";

export interface Exposure {
  /** Whom the file names; undefined: not known since Muster began. */
  named(): Named | undefined;
  /** Nobody was ever sent to anybody. */
  nobody(): void;
  /** Nobody knows any more: others change the file. */
  unknown(): void;
  /** From now on somebody may be sent to these, and to those of before until the users of the file have been told. */
  expose(members: Named): void;
  /** The file names these. */
  name(members: Named): void;
  /** The users of the file have been told of these, or do not answer. */
  settle(members: Named): void;
  /** It may still be sent something. */
  has(group: string, id: string): boolean;
  /** Resolves when nobody is sent to the member any more; never, where the signal comes first. */
  gone(group: string, id: string, signal: AbortSignal): Promise<void>;
  /** Lets those go that wait and are sent nothing any more: a pass has ended. */
  release(): void;
  /** Lets all of them go. */
  end(): void;
}

export function exposure(): Exposure {
  const waiting = new Map<() => void, string>();
  let named: Named | undefined;
  /** Those whom it names, and those whom it named when its users were last told. */
  let exposed: ReadonlySet<string> | undefined;

  return {
    named: () => named,
    nobody() {
      exposed = new Set();
    },
    unknown() {
      named = undefined;
      exposed = undefined;
    },
    expose(members) {
      exposed = exposed && new Set([...exposed, ...members.keys()]);
    },
    name(members) {
      named = members;
    },
    settle(members) {
      exposed = new Set(members.keys());
    },
    has: (group, id) => exposed?.has(keyOf(group, id)) === true,
    gone: (group, id, signal) =>
      new Promise((resolve) => {
        waiting.set(resolve, keyOf(group, id));
        signal.addEventListener("abort", () => waiting.delete(resolve), { once: true });
      }),
    release() {
      if (exposed === undefined) return;
      for (const [resolve, key] of waiting) {
        if (exposed.has(key)) continue;
        waiting.delete(resolve);
        resolve();
      }
    },
    end() {
      for (const resolve of waiting.keys()) resolve();
      waiting.clear();
    },
  };
}
