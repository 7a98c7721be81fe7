/** When each of the things was seen first, of which the API does not tell since when they are there. */
export function firstSeen(now: () => number): (id: string) => number {
  const seen = new Map<string, number>();
  return (id) => {
    const since = seen.get(id) ?? now();
    seen.set(id, since);
    return since;
  };
}
