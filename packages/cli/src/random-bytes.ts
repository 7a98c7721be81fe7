import { randomBytes as fromSystem } from "node:crypto";

const POOL = 4096;
/** Whoever wants more than this is served alone. */
const LARGE = 256;

/** The machine's chance, for those who ask by the thousand: to ask the system for eight bytes costs as much as for a page. */
export function pooledRandomBytes(): (count: number) => Uint8Array {
  let pool = new Uint8Array(0);
  let at = 0;
  return (count) => {
    if (count > LARGE) return fromSystem(count);
    if (at + count > pool.length) {
      pool = fromSystem(POOL);
      at = 0;
    }
    at += count;
    return pool.subarray(at - count, at);
  };
}
