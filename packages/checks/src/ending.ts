/** Why a question ends that nobody has answered: its time is over, or nobody waits for the answer any more. */
export type Ending = "late" | "let-go";

const NOBODY = "nobody waited for the answer";

/** What a signal is given as its reason by whoever knows better why nobody waits any longer. */
export function noLonger(why: string): DOMException {
  return new DOMException(why, "NotWaitedFor");
}

/** Why nobody waited for an answer, as whoever let go of it has told. */
export function whyLetGo({ reason }: AbortSignal): string {
  return reason instanceof DOMException && reason.name === "NotWaitedFor" ? reason.message : NOBODY;
}

/** Calls `end` when the time is over or the signal comes, unless it is called off first. Returns what calls it off. */
export function endAfter(timeoutMs: number, signal: AbortSignal, end: (why: Ending) => void): () => void {
  let isOff = false;
  const tell = (why: Ending) => {
    if (!isOff) end(why);
  };
  const letGo = () => tell("let-go");
  // Where this process was busy or asleep, the answer may lie there unread: it is read before anybody is called late.
  const timer = setTimeout(() => setImmediate(tell, "late"), timeoutMs);
  signal.addEventListener("abort", letGo, { once: true });
  return () => {
    isOff = true;
    clearTimeout(timer);
    signal.removeEventListener("abort", letGo);
  };
}
