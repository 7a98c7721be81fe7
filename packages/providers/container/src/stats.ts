/** What a container uses, as its engine counts it. */
import type { ContainerStats } from "./engine/answers.ts";

/** What is not counted on its machine is missing. */
export interface Stats {
  readonly threads?: number;
  /** Without what is only a cache of files, and could be given back at once. */
  readonly memoryBytes?: number;
  readonly memoryLimitBytes?: number;
  readonly processorMs?: number;
  /** Of all its networks together. */
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
}

export function statsOf({ cpu_stats, memory_stats, pids_stats, networks }: ContainerStats): Stats {
  const nanoseconds = cpu_stats?.cpu_usage?.total_usage;
  const usage = memory_stats?.usage;
  // The second version of control groups, and the first.
  const cache = memory_stats?.stats?.["inactive_file"] ?? memory_stats?.stats?.["total_inactive_file"] ?? 0;
  return {
    ...told("threads", pids_stats?.current),
    ...told("memoryBytes", usage == null ? undefined : Math.max(0, usage - cache)),
    ...told("memoryLimitBytes", memory_stats?.limit),
    ...told("processorMs", nanoseconds == null ? undefined : Math.round(nanoseconds / 1e6)),
    ...told("receivedBytes", sumOf(networks, "rx_bytes")),
    ...told("sentBytes", sumOf(networks, "tx_bytes")),
  };
}

function told<K extends keyof Stats>(name: K, value: number | null | undefined): Pick<Stats, K> | object {
  return value == null ? {} : { [name]: value };
}

function sumOf(networks: ContainerStats["networks"], direction: "rx_bytes" | "tx_bytes"): number | undefined {
  if (networks == null) return undefined;
  return Object.values(networks).reduce((total, network) => total + (network[direction] ?? 0), 0);
}
