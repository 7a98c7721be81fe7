/** Throws the first failure, when everything has been tried. */
export function confirmAll(results: readonly PromiseSettledResult<void>[]): void {
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
