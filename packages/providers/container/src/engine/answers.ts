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

export const createdExec = z.object({ Id: z.string().min(1) });

export const inspectedExec = z.object({
  Running: z.boolean(),
  /** Missing, or 0, until it has ended. */
  ExitCode: z.number().nullish(),
  /** 0 until it runs. */
  Pid: z.number().nullish(),
});
