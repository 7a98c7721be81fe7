/** Many who ask in one turn are answered by one look, which begins after the last of them has asked: no old news. */
export function sharedLook<T>(look: () => T): () => Promise<T> {
  let next: Promise<T> | undefined;
  return () => {
    next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      next = undefined;
      return look();
    });
    return next;
  };
}
