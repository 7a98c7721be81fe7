/** What is read of an engine's answers; Docker and Podman differ in the rest. */
import { z } from "zod";

export const createdContainer = z.object({ Id: z.string().min(1) });

export const listedContainers = z.array(
  z.object({
    Id: z.string().min(1),
    Names: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
    State: z.string(),
    /** For people: `Up 3 seconds (health: starting)`. */
    Status: z.string().nullish(),
  }),
);
export type ListedContainer = z.infer<typeof listedContainers>[number];

const health = z.object({
  Status: z.string(),
  FailingStreak: z.number().nullish(),
  Log: z.array(z.object({ ExitCode: z.number() })).nullish(),
});

export const inspectedContainer = z.object({
  Id: z.string().min(1),
  Name: z.string(),
  Created: z.string(),
  State: z.object({
    Status: z.string(),
    OOMKilled: z.boolean().nullish(),
    ExitCode: z.number().nullish(),
    Error: z.string().nullish(),
    Health: health.nullish(),
  }),
  Config: z.object({ Image: z.string(), Labels: z.record(z.string(), z.string()).nullish() }),
  HostConfig: z.object({
    Memory: z.number().nullish(),
    NanoCpus: z.number().nullish(),
    PidsLimit: z.number().nullish(),
  }),
});
export type InspectedContainer = z.infer<typeof inspectedContainer>;

const count = z.number().nonnegative();

/** What of a container's use is told; engines leave out what their machine does not count. */
export const containerStats = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: count.nullish() }).nullish() }).nullish(),
  memory_stats: z
    .object({ usage: count.nullish(), limit: count.nullish(), stats: z.record(z.string(), z.number()).nullish() })
    .nullish(),
  pids_stats: z.object({ current: count.nullish() }).nullish(),
  networks: z.record(z.string(), z.object({ rx_bytes: count.nullish(), tx_bytes: count.nullish() })).nullish(),
});
export type ContainerStats = z.infer<typeof containerStats>;

export const createdExec = z.object({ Id: z.string().min(1) });

export const inspectedExec = z.object({
  Running: z.boolean(),
  /** Missing, or 0, until it has ended. */
  ExitCode: z.number().nullish(),
  /** 0 until it runs. */
  Pid: z.number().nullish(),
});
