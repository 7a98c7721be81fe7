/** The rights a daemon needs before it does anything: to its stacks, and to its socket. */
import { MusterError, messageOf } from "@muster/model";
import { isAlive, type Lease, thisProcess } from "@muster/store";
import type { DaemonOptions } from "./options.ts";

/**
 * Takes the stacks it was given, and then the right to its socket: so whoever meets a stack's keeper is told that. They
 * are given back when `parts` is disposed of. Throws `stack.held` and `daemon.held`.
 */
export async function takeLeases(options: DaemonOptions, parts: AsyncDisposableStack): Promise<readonly Lease[]> {
  const { store, socket, command, stacks } = options;
  const holder = thisProcess(socket, command);
  const leases: Lease[] = [];
  for (const stack of stacks === "all" ? [] : stacks) {
    const lease = await store.acquire(stack, holder, isAlive);
    parts.defer(() => release(lease, options));
    leases.push(lease);
  }
  const own = await takeSocket(options);
  parts.defer(() => release(own, options));
  return leases;
}

/** Two that start at once on one store must not take away each other's socket. */
async function takeSocket({ store, socket, command }: DaemonOptions): Promise<Lease> {
  try {
    // No stack can be called so.
    return await store.acquire(`@socket:${socket}`, thisProcess(socket, command), isAlive);
  } catch (thrown) {
    if (!(thrown instanceof MusterError) || thrown.code !== "stack.held") throw thrown;
    throw new MusterError("daemon.held", { socket, holder: thrown.words["holder"] ?? "" }, { cause: thrown });
  }
}

/** A lease that cannot be given back is free all the same when this process has ended. */
async function release(lease: Lease, { store, onNotice }: DaemonOptions): Promise<void> {
  try {
    await store.release(lease);
  } catch (thrown) {
    onNotice({ kind: "trouble", message: `the lease of ${lease.stack} was not given back: ${messageOf(thrown)}` });
  }
}
