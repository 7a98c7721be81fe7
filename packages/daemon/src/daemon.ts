/** Puts the parts together: leases, plugins, the socket, the stacks; and takes them apart again in the opposite order. */
import { join } from "node:path";
import { GROUP_SOCKET, MusterError, messageOf } from "@muster/model";
import { checkSocketPath, type ServeOptions, servePlugin } from "@muster/plugin";
import { type Applying, applying } from "./apply.ts";
import { openCatalog, type PluginCatalog } from "./catalog/catalog.ts";
import { newBell } from "./events.ts";
import { groupRole } from "./group-role.ts";
import { newEar } from "./http/heard.ts";
import { apiWhenAsked, listen } from "./http/listen.ts";
import { keepSocket, type Listener, type SocketDeps } from "./http/socket.ts";
import { takeLeases } from "./leases.ts";
import type { Daemon, DaemonOptions, Notice } from "./options.ts";
import { readinessOf } from "./readiness.ts";
import { keepStacks, type Stacks } from "./stacks.ts";

export async function openDaemon(options: DaemonOptions): Promise<Daemon> {
  checkSocketPath(options.socket);
  const parts = new AsyncDisposableStack();
  try {
    const daemon = await assemble(options, parts);
    const running = parts.move();
    let ended: Promise<void> | undefined;
    return {
      ...daemon,
      close() {
        ended ??= running.disposeAsync();
        return ended;
      },
    };
  } catch (thrown) {
    await parts.disposeAsync();
    throw thrown;
  }
}

async function assemble(given: DaemonOptions, parts: AsyncDisposableStack): Promise<Omit<Daemon, "close">> {
  const bell = newBell();
  const options: DaemonOptions = {
    ...given,
    onEvent(event) {
      bell.ring();
      given.onEvent(event);
    },
  };
  const leases = await takeLeases(options, parts);
  const catalog = parts.adopt(await catalogOf(options), (it) => it.close());
  const { settings } = options;
  const stacks = parts.adopt(keepStacks({ options, leases, catalog, settings }), (it) => it.close());
  const work = applying({ options, stacks, catalog, settings });
  const { plugins } = catalog;
  let begun = false;
  const readiness = () => readinessOf(begun, stacks, options.store);
  const closing = new AbortController();
  const ear = newEar(options.outside.clock.now);
  const deps = { options, stacks, applying: work, bell, ear, plugins, readiness, closing: closing.signal };
  const api = parts.adopt(apiWhenAsked(deps), (it) => it.close());
  // Whoever serves is there to be asked.
  if (options.stacks === "all") await api.ready();
  await answerAt(options.socket, () => listen(api, options.socket), options, parts);
  parts.defer(() => closing.abort());
  await goOn(stacks, options);
  await serveGroups(options, work, stacks, parts);
  begun = true;
  const { apply, plan, pretend } = work;
  return { socket: options.socket, apply, plan, pretend, keepers: stacks.all, plugins, heard: ear.heard };
}

function catalogOf(options: DaemonOptions): Promise<PluginCatalog> {
  const { builtins, pluginDirectory, outside, onNotice } = options;
  return openCatalog(builtins, pluginDirectory, { clock: outside.clock, own: groupSocketOf(options), onNotice });
}

/**
 * Goes on with all that the store knows, and tells what stands in the way of a stack. A stack that it was given waits:
 * whoever gave it declares it anew in a moment, and the old declaration must not be carried out before.
 */
async function goOn(stacks: Stacks, options: DaemonOptions): Promise<void> {
  if (options.stacks !== "all") return;
  for (const { stack } of await options.store.declarations()) {
    try {
      await stacks.inTurn(stack, () => stacks.goOn(stack));
    } catch (thrown) {
      options.onNotice(passedOver(stack, thrown));
    }
  }
}

function passedOver(stack: string, thrown: unknown): Notice {
  const message = `stack ${stack} is passed over: ${messageOf(thrown)}`;
  return thrown instanceof MusterError
    ? { kind: "held", message, stack, error: thrown }
    : { kind: "held", message, stack };
}

async function serveGroups(
  options: DaemonOptions,
  work: Applying,
  stacks: Stacks,
  parts: AsyncDisposableStack,
): Promise<void> {
  const socket = groupSocketOf(options);
  if (socket === undefined) return;
  const group = groupRole(work, stacks);
  const { version, outside } = options;
  const plugin = { socket, name: GROUP_SOCKET, version, types: [], flavors: [], group, io: outside.io };
  await answerAt(socket, () => listenAs(plugin), options, parts);
}

async function listenAs(plugin: ServeOptions): Promise<Listener> {
  const { close } = await servePlugin(plugin);
  return { retire: () => void close(), close };
}

/** Answers there until `parts` is disposed of. */
async function answerAt(
  path: string,
  listen: SocketDeps["listen"],
  { outside, onNotice }: DaemonOptions,
  parts: AsyncDisposableStack,
): Promise<void> {
  const onTrouble = (message: string) => onNotice({ kind: "trouble", message });
  parts.adopt(await keepSocket({ path, clock: outside.clock, listen, onTrouble }), (it) => it.close());
}

function groupSocketOf({ groupSocket, pluginDirectory }: DaemonOptions): string | undefined {
  if (groupSocket !== true || pluginDirectory === undefined) return undefined;
  return join(pluginDirectory, GROUP_SOCKET);
}
