/** Does all jobs, so many at a time. After the signal none is begun. */
export async function atOnce(jobs: readonly (() => Promise<void>)[], most: number, signal: AbortSignal): Promise<void> {
  const queue = jobs.values();
  const worker = async () => {
    for (const job of queue) {
      if (signal.aborted) return;
      await job();
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
}
