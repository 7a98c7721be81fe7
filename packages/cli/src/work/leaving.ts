/** Ctrl-], as a terminal sends it: the one key that a console is not given. */
const LEAVE = 0x1d;

/** The keys up to the one that leaves; then `leave` is called, and what was pressed after it goes nowhere. */
export async function* untilLeft(keys: AsyncIterable<Uint8Array>, leave: () => void): AsyncGenerator<Uint8Array, void> {
  for await (const bytes of keys) {
    const end = bytes.indexOf(LEAVE);
    if (end < 0) {
      yield bytes;
      continue;
    }
    if (end > 0) yield bytes.subarray(0, end);
    leave();
    return;
  }
}
