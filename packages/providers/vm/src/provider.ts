/** The provider of the type `vm`: loaded when somebody has machines. */
import { resolve } from "node:path";
import { openImages } from "@muster/image";
import { bears } from "@muster/model";
import type { TaggedProvider } from "@muster/plugin";
import { assertNobodyListens, type Environment, type Processes, programAt } from "@muster/provider-process";
import { typeInto } from "./keyboard.ts";
import { assertPossible, commissionOf, digestOf, imageOf } from "./machine.ts";
import { portsOf, type VmProperties, type VmSettings } from "./properties.ts";
import { accelerators } from "./qemu/accelerator.ts";
import { readiness } from "./ready.ts";
import { teller } from "./telling.ts";
import { use } from "./tools/tools.ts";
import { earsAt } from "./watch.ts";

const HYPERVISOR = "qemu-system-x86_64";
const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function providerOf(processes: Processes, settings: VmSettings, env: Environment): TaggedProvider<VmProperties> {
  const images = openImages(resolve(settings.images));
  const best = accelerators(processes.dir);
  const listeners = new Set<() => void>();
  const wakeAll = () => {
    for (const each of listeners) each();
  };
  const ready = readiness(() => listeners.size > 0, wakeAll);
  const tellers = teller(processes, ready);
  const ears = earsAt((sighting, hasBegunAnew) => {
    if (hasBegunAnew || tellers.hasNews(sighting)) wakeAll();
  });

  async function seen() {
    const all = await processes.seen();
    tellers.keep(all);
    if (listeners.size > 0) ears.keep(all);
    return all;
  }

  async function foundry() {
    const hypervisor = programAt(settings.hypervisor ?? HYPERVISOR, env["PATH"] ?? USUAL_PATH, "/", "hypervisor");
    const accelerator = settings.accelerator ?? (await best(hypervisor));
    return { images, hypervisor, accelerator, env };
  }

  return {
    known: "tags",
    scope: processes.dir,

    async validate(want) {
      assertPossible(want, imageOf(want, images));
    },

    // It is asked right after `validate`, which has read all of it.
    async pin(want) {
      return { image: digestOf(want, images) };
    },

    async *list(by) {
      const found = [...(await seen()).values()].filter(({ tags }) => bears(tags, by));
      const told = await Promise.all(found.map(tellers.tell));
      if (told.length > 0) yield told;
    },

    async read(id) {
      const found = (await seen()).get(id);
      return found === undefined ? undefined : tellers.tell(found);
    },

    async create(want, tags) {
      const commission = commissionOf(want, tags, await foundry());
      for (const { host } of portsOf(want)) assertNobodyListens(host);
      return { id: await processes.start(tags, commission) };
    },

    async update({ id }, { log }) {
      const sighting = await processes.theOne(id);
      const { properties, thing = {} } = sighting;
      processes.change(sighting, { properties: withLog(properties, log), thing: withLog(thing, log) });
    },

    async retag(id, tags) {
      const sighting = await processes.theOne(id);
      processes.change(sighting, { tags: { ...sighting.tags, ...tags } });
    },

    // To its guest both are a power cut; a group that wants to be gentle drains first.
    destroy: (id, { signal }) => processes.end(id, signal, false),
    logs: (id, asked, { signal }) => processes.logs(id, asked, signal),

    async *console(id, { input, ...asked }, { signal }) {
      if (input === undefined) {
        yield* processes.logs(id, asked, signal);
        return;
      }
      const typing = new AbortController();
      const typed = typeInto(() => processes.theOne(id), input, signal).finally(() => typing.abort());
      typed.catch(() => undefined);
      const over = asked.follow ? signal : AbortSignal.any([signal, typing.signal]);
      yield* processes.logs(id, { ...asked, follow: true }, over);
      await typed;
    },

    async *tool(id, asked, { signal }) {
      yield* use(asked, { sighting: await processes.theOne(id), processes, signal });
    },

    watch(wake, signal) {
      listeners.add(wake);
      signal.addEventListener(
        "abort",
        () => {
          listeners.delete(wake);
          if (listeners.size > 0) return;
          ears.close();
          ready.close();
        },
        { once: true },
      );
      processes.watch(wake, signal, tellers.startsOne);
    },
  };
}

function withLog<T extends object>({ log: _, ...others }: T & { log?: unknown }, log: VmProperties["log"]) {
  return { ...others, ...(log === undefined ? {} : { log }) };
}
