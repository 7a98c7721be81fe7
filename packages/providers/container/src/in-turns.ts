/** Does the same with each, so many at once. The results are in the order of what they are of; the first failure is thrown. */
export async function inTurns<A, B>(
  all: readonly A[],
  atOnce: number,
  run: (each: A) => Promise<B>,
): Promise<readonly B[]> {
  const results: B[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < all.length) {
      const at = next++;
      const each = all[at];
      if (each !== undefined) results[at] = await run(each);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, work));
  return results;
}
