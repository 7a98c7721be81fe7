/** One thing of a type, for whoever asks what is so of it: what could not be looked at is unknown, and nothing is thrown. */
import type { AskThing, ThingFound } from "@muster/declaration";
import { MusterError, messageOf } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import type { Thing, Things } from "@muster/runtime";

export function askThingIn(catalog: Pick<Catalog, "type">, things: Pick<Things, "list" | "show">): AskThing {
  /** Whoever asks while another asks for the same list is given that one. */
  const lists = new Map<string, Promise<readonly Thing[]>>();

  function listOf(type: string): Promise<readonly Thing[]> {
    const list = lists.get(type) ?? things.list(type).finally(() => lists.delete(type));
    lists.set(type, list);
    return list;
  }

  async function find(type: string, name: string): Promise<ThingFound> {
    if (catalog.type(type, "muster")?.known !== "tags") return thereIs(await things.show(type, name));
    const all = await listOf(type);
    const byId = all.filter(({ id }) => id === name);
    const [first, ...others] = byId.length > 0 ? byId : all.filter((each) => each.name === name);
    if (others.length > 0) return { kind: "unknown", why: `${others.length + 1} things of ${type} are called ${name}` };
    return first === undefined ? { kind: "none" } : thereIs(first);
  }

  return async (type, name) => {
    try {
      return await find(type, name);
    } catch (thrown) {
      if (thrown instanceof MusterError && thrown.code === "thing.not-found") return { kind: "none" };
      return { kind: "unknown", why: messageOf(thrown) };
    }
  };
}

function thereIs({ phase, properties, outputs, secrets }: Thing): ThingFound {
  return { kind: "there", phase, properties: { ...outputs, ...properties }, secrets };
}
