/**
 * How long a rollout waits where nothing is declared, in milliseconds: the figures of Nomad. Of a type that is local,
 * `minReadyMs` and `initialDelayMs` are 0.
 */
export const DEFAULT_WAITS = {
  minReadyMs: 10_000,
  initialDelayMs: 60_000,
  healthyDeadlineMs: 300_000,
  progressDeadlineMs: 600_000,
  drainTimeoutMs: 300_000,
} as const;
