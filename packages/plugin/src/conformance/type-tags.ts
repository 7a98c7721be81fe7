/** What a type is held to whose things bear tags: by them Muster knows again what it made. */
import { isDeepStrictEqual } from "node:util";
import type { Tags } from "@muster/model";
import { methods } from "../wire/methods.ts";
import { demand, NotOffered, type Statement, Unmet } from "./statement.ts";
import type { TaggedSubject } from "./subject.ts";
import { ctx, type Made } from "./things.ts";

/** As many as a mark of Muster's and a generous flavor need together, and what is easily mangled. */
const MANY: Tags = {
  "conformance.unicode": "Grüße, 日本, 🐄, \u202e",
  "conformance.quotes": "\"'`\\ \t\n{}$&",
  "conformance.empty": "",
  "conformance.long": "0123456789".repeat(25),
  "Conformance.Case": "Aa",
  ...Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`conformance.${at}`, String(at)])),
};

const AT_ONCE = 16;

export function tagStatements(subject: TaggedSubject): readonly Statement[] {
  const { muster, things } = subject;
  return [
    {
      says: "tags come back as they were given",
      next: "Keep every tag of a create with the thing, letter by letter: many, empty, long, in any language.",
      async check() {
        const made = await things.make(MANY);
        await shown(subject, made);
      },
    },
    {
      says: "a list by tags shows what bears all of them, and nothing else",
      next: "Show a thing only when every tag that is asked for has exactly that value.",
      async check() {
        const [a, b, ab] = [
          await things.make({ kind: "a", side: "left" }),
          await things.make({ kind: "b", side: "left" }),
          await things.make({ kind: "ab" }),
        ];
        await exactly(subject, {}, [a, b, ab]);
        await exactly(subject, { kind: "a" }, [a]);
        await exactly(subject, { side: "left" }, [a, b]);
        await exactly(subject, { kind: "b", side: "left" }, [b]);
        await exactly(subject, { kind: "ab", side: "left" }, []);
        await exactly(subject, { "conformance.nobody": "bears it" }, []);
      },
    },
    {
      says: `of ${AT_ONCE} creates at once none is lost, and each bears its own tags`,
      next: "Make calls safe beside each other: ids from randomness, no shared file that is read and written back.",
      async check() {
        const calls = Array.from({ length: AT_ONCE }, (_, at) => things.make({ number: String(at) }));
        const made = settled(await Promise.allSettled(calls));
        demand(
          new Set(made.map(({ id }) => id)).size === AT_ONCE,
          `${AT_ONCE} ids`,
          made.map(({ id }) => id),
        );
        await exactly(subject, {}, made);
        for (const each of made) await shown(subject, each);
      },
    },
    ...(muster ? [pagesStatement(subject)] : []),
    {
      says: "retag puts tags over those of the same keys, and leaves the others",
      next: "Merge the tags into those that are there; or do not offer retag.",
      async check() {
        const { retag } = subject.provider;
        if (retag === undefined) throw new NotOffered("retag is not offered");
        const made = await things.make({ old: "stays", changed: "before" });
        await shown(subject, made);
        await retag(made.id, { changed: "after", added: "now" }, ctx);
        await shown(subject, { ...made, tags: { ...made.tags, changed: "after", added: "now" } });
      },
    },
  ];
}

/** InfraKit's plugins may bear witness of more than they were told: only what was given is looked for there. */
async function shown({ muster, things }: TaggedSubject, { id, tags }: Made): Promise<void> {
  const borne = (found: Tags) => Object.fromEntries(Object.entries(found).filter(([key]) => muster || key in tags));
  await things.until(
    async () => (await things.see(id))?.tags,
    (found) => found !== undefined && isDeepStrictEqual(borne(found), tags),
    `the tags ${JSON.stringify(tags)} on ${id}`,
  );
}

async function exactly({ things }: TaggedSubject, tags: Tags, made: readonly Made[]): Promise<void> {
  const ids = made.map(({ id }) => id).sort();
  await things.until(
    async () => (await things.listed(tags)).map(({ id }) => id).sort(),
    (found) => isDeepStrictEqual(found, ids),
    `a list by ${JSON.stringify(tags)} to show ${ids.length === 0 ? "nothing" : ids.join(", ")}`,
  );
}

function settled(results: readonly PromiseSettledResult<Made>[]): readonly Made[] {
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

/** So many pages are no list any more, but one that never ends. */
const MOST_PAGES = 10_000;

function pagesStatement({ raw, type, things }: TaggedSubject): Statement {
  return {
    says: "a list ends, shows nothing twice, and no page is larger than 8 MiB",
    next: "Cut a long list into pages, each with a `next` of its own, and leave `next` out of the last.",
    async check() {
      const made = await Promise.all(Array.from({ length: 3 }, () => things.make()));
      const seen = new Set<string>();
      let cursor: string | undefined;
      for (let page = 0; page < MOST_PAGES; page++) {
        const answer = await raw.rpc(methods.list.name, { type: type.name, by: {}, ...(cursor ? { cursor } : {}) });
        demand(answer.kind === "result", "a page", answer);
        const { items, next } = methods.list.result.parse(answer.result);
        for (const { id } of items) {
          demand(!seen.has(id), "every thing once", `${id} twice`);
          seen.add(id);
        }
        if (next === undefined) {
          const missing = made.find(({ id }) => !seen.has(id));
          demand(missing === undefined || type.settleMs > 0, "everything that is there", `${missing?.id} is missing`);
          return;
        }
        demand(next !== cursor, "another `next` with every page", `${next} twice`);
        cursor = next;
      }
      throw new Unmet(`an end within ${MOST_PAGES} pages`, "a `next` each time");
    },
  };
}
