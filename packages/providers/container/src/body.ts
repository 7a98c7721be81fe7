/** What is asked of the engine, from what is wanted. Nothing here reads or sends anything. */
import { durationOf, type Json, type JsonObject, type Tags } from "@muster/model";
import { NAME_LABEL } from "./name.ts";
import type { ContainerProperties } from "./properties.ts";

/** The body of a create request. `env` has the values themselves: it goes to the engine and nowhere else. */
export function createBody(
  name: string,
  want: ContainerProperties,
  env: Readonly<Record<string, string>>,
  tags: Tags,
): JsonObject {
  const { health, stop, workdir, command, entrypoint, user, ports = [] } = want;
  return defined({
    Image: want.image,
    Cmd: command,
    Entrypoint: entrypoint,
    Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
    User: user,
    WorkingDir: workdir,
    Labels: { ...tags, [NAME_LABEL]: name },
    ExposedPorts: Object.fromEntries(ports.map((port) => [innerPort(port), {}])),
    Healthcheck: health && healthcheck(health),
    StopSignal: stop?.signal,
    StopTimeout: stop?.timeout === undefined ? undefined : Math.ceil(milliseconds(stop.timeout) / 1_000),
    HostConfig: hostConfig(want),
  });
}

function hostConfig(want: ContainerProperties): JsonObject {
  const { ports = [], mounts = [], networks = [], memory, cpus, pids } = want;
  return defined({
    ...limitsBody({ memory, cpus, pids }),
    NetworkMode: networks[0],
    PortBindings: portBindings(ports),
    Mounts: mounts.map(({ source, target, readOnly = false }) => ({
      Type: source.startsWith("/") ? "bind" : "volume",
      Source: source,
      Target: target,
      ReadOnly: readOnly,
    })),
    // Who has ended is replaced by Muster, which then can tell about it.
    RestartPolicy: { Name: "no" },
    Init: want.init,
    ReadonlyRootfs: want.readOnly,
    CapDrop: want.capDrop,
    CapAdd: want.capAdd,
  });
}

/** What can be changed on a living container too. */
export interface Limits {
  readonly memory?: number | undefined;
  readonly cpus?: number | undefined;
  readonly pids?: number | undefined;
}

/** Limits as engines know them. Swap counts as memory: a limit that is reached ends the program, and does not slow the machine. */
export function limitsBody({ memory, cpus, pids }: Limits): JsonObject {
  return defined({
    Memory: memory,
    MemorySwap: memory,
    NanoCpus: cpus === undefined ? undefined : Math.round(cpus * 1e9),
    PidsLimit: pids,
  });
}

type Port = NonNullable<ContainerProperties["ports"]>[number];

/** What it takes up of this machine: `tcp:127.0.0.1:8080`. A port that the engine chooses is none that two could want. */
export function takenPorts({ ports = [] }: ContainerProperties): readonly string[] {
  return ports.flatMap(({ host, address = LOOPBACK, protocol = "tcp" }) =>
    host === undefined ? [] : `${protocol}:${address}:${Number(host)}`,
  );
}

const LOOPBACK = "127.0.0.1";

function innerPort({ container, protocol = "tcp" }: Port): string {
  return `${container}/${protocol}`;
}

/** A port inside may be published more than once. */
function portBindings(ports: readonly Port[]): JsonObject {
  const bindings = Object.groupBy(ports, innerPort);
  return Object.fromEntries(
    Object.entries(bindings).map(([inner, published = []]) => [
      inner,
      published.map(({ host, address = LOOPBACK }) => ({
        HostIp: address,
        HostPort: host === undefined ? "" : `${host}`,
      })),
    ]),
  );
}

function healthcheck(health: NonNullable<ContainerProperties["health"]>): JsonObject {
  return defined({
    Test: ["CMD", ...health.command],
    Interval: nanoseconds(health.interval),
    Timeout: nanoseconds(health.timeout),
    StartPeriod: nanoseconds(health.startPeriod),
    Retries: health.retries,
  });
}

function nanoseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : milliseconds(duration) * 1e6;
}

/** The schema has seen to it that it is a duration. */
function milliseconds(duration: string): number {
  return durationOf(duration) ?? 0;
}

function defined(entries: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
