/** What is to happen at some time. Nothing happens by itself: whoever asks the simulator lets happen what is due. */
export interface Agenda {
  at(time: number, happen: (time: number) => void): void;
  /** Lets everything happen that is due by now, in order. */
  settle(now: number): void;
}

interface Entry {
  readonly time: number;
  readonly happen: (time: number) => void;
}

export function emptyAgenda(): Agenda {
  /** Soonest first; of the same time, in the order in which they were put down. */
  const entries: Entry[] = [];

  return {
    at(time, happen) {
      const later = entries.findIndex((entry) => entry.time > time);
      entries.splice(later < 0 ? entries.length : later, 0, { time, happen });
    },
    settle(now) {
      for (let next = entries[0]; next !== undefined && next.time <= now; next = entries[0]) {
        entries.shift();
        next.happen(next.time);
      }
    },
  };
}
