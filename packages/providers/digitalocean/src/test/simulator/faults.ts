/** What goes wrong, on purpose. */

/** Which requests a fault befalls; what is not said is any. */
export interface Befalls {
  readonly method?: string;
  /** Of the path without its query: `/v2/droplets/7`. */
  readonly path?: RegExp;
  /** How many requests are spared first; 0 unless told. */
  readonly after?: number;
  /** How many requests it befalls; 1 unless told. */
  readonly times?: number;
}

export type RequestFault =
  /** It is done, and the connection breaks before anything is answered. */
  | { readonly kind: "lost-answer" }
  /** The connection breaks, and nothing is done. */
  | { readonly kind: "lost-request" }
  /** It is done, and answered with this status (500 unless told). */
  | { readonly kind: "error-after"; readonly status?: number }
  /** Nothing is done, and it is answered with this status (500 unless told). */
  | { readonly kind: "error-before"; readonly status?: number }
  /** Something on the way answers with a page for people; nothing is done. Status 502 unless told. */
  | { readonly kind: "html"; readonly status?: number }
  /** Nothing is done: 422, in these words. */
  | { readonly kind: "refused"; readonly message: string }
  /** The answer is kept back until this resolves; what is asked is done at once. */
  | { readonly kind: "slow"; readonly until: () => Promise<void> };

export type ActionFault =
  /** The action ends errored, and has changed nothing. */
  | { readonly kind: "errored" }
  /** The action takes so many milliseconds longer. */
  | { readonly kind: "slow"; readonly ms: number }
  /** Of `shutdown`: the action completes, and the guest goes on as if nothing had been. */
  | { readonly kind: "unheard" };

export interface Faults {
  /** Puts a fault in the way of requests. Returns its end. */
  onRequest(fault: RequestFault & Befalls): () => void;
  /**
   * Lets the next actions of a type go wrong; `create` is one of them.
   *
   * @param times 1 unless told
   */
  onAction(type: string, fault: ActionFault, times?: number): () => void;
  /** A new droplet cannot be had by its id until it is so old. Milliseconds, 0 unless set. */
  unseenMs: number;
  /** Lists of droplets show what was so long ago. Milliseconds, 0 unless set. */
  listLagMs: number;
  /** Takes every fault away. */
  clear(): void;
}

/** As the simulator itself sees them: a fault that is taken has befallen somebody. */
export interface PendingFaults extends Faults {
  takeForRequest(method: string, path: string): RequestFault | undefined;
  takeForAction(type: string): ActionFault | undefined;
}

/** For `refused`: the host that a droplet is on, or would be on, is full. */
export const HOST_FULL = "The host of this droplet has no room for it. Try another size or region, or later.";

interface Waiting<F> {
  readonly fault: F;
  readonly matches: (...words: readonly string[]) => boolean;
  spared: number;
  left: number;
}

export function noFaults(): PendingFaults {
  const requests = new Set<Waiting<RequestFault>>();
  const actions = new Set<Waiting<ActionFault>>();

  const faults: PendingFaults = {
    unseenMs: 0,
    listLagMs: 0,
    onRequest(fault) {
      const matches = (method = "", path = "") =>
        (fault.method ?? method) === method && (fault.path === undefined || fault.path.test(path));
      return put(requests, { fault, matches, spared: fault.after ?? 0, left: fault.times ?? 1 });
    },
    onAction: (type, fault, times = 1) =>
      put(actions, { fault, matches: (asked) => asked === type, spared: 0, left: times }),
    clear() {
      requests.clear();
      actions.clear();
      faults.unseenMs = 0;
      faults.listLagMs = 0;
    },
    takeForRequest: (method, path) => take(requests, method, path),
    takeForAction: (type) => take(actions, type),
  };
  return faults;
}

function put<F>(all: Set<Waiting<F>>, one: Waiting<F>): () => void {
  all.add(one);
  return () => void all.delete(one);
}

function take<F>(all: Set<Waiting<F>>, ...words: readonly string[]): F | undefined {
  for (const one of all) {
    if (!one.matches(...words)) continue;
    if (one.spared > 0) {
      one.spared--;
      continue;
    }
    one.left--;
    if (one.left <= 0) all.delete(one);
    return one.fault;
  }
  return undefined;
}
