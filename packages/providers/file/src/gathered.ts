/**
 * Many who ask the same in one turn are answered by one look, which begins after the last of them has asked: so it is
 * nobody's old news. A thousand groups in one directory cost one scan, not a thousand.
 */
export function gathered<T>(look: () => T): () => Promise<T> {
  let next: Promise<T> | undefined;
  return () => {
    next ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        next = undefined;
        try {
          resolve(look());
        } catch (thrown) {
          reject(thrown);
        }
      });
    });
    return next;
  };
}
