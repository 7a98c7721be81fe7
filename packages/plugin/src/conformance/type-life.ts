/** From create to destroy: what any type is held to, by whatever its things are known. */
import { isDeepStrictEqual } from "node:util";
import { demand, NotOffered, type Statement } from "./statement.ts";
import { type ClaimedSubject, demandFailure, type Subject } from "./subject.ts";
import { ctx } from "./things.ts";

const DAY = 86_400_000;

/** The one statement that all others of a type stand on. */
export function createStatement({ things }: Subject): Statement {
  return {
    says: "what was created is seen under the id that create answered",
    next: "Answer create with the thing's id when it is made, and show it under that id within `settleMs`.",
    gate: true,
    async check() {
      const { id } = await things.make();
      await things.until(
        () => things.see(id),
        (seen) => seen?.id === id,
        `a thing with the id ${id}`,
      );
    },
  };
}

export function lifeStatements(subject: Subject): readonly Statement[] {
  const { muster, provider, things } = subject;
  const gone = (id: string) =>
    things.until(
      () => things.see(id),
      (seen) => seen === undefined,
      `${id} to be gone`,
    );
  const there = (id: string) =>
    things.until(
      () => things.see(id),
      (seen) => seen !== undefined,
      `${id} to be there`,
    );
  return [
    {
      says: "two creates make two things, with two ids",
      next: "Give every new thing an id that nothing else has, or had.",
      async check() {
        const [one, two] = [await things.make(), await things.make()];
        demand(one.id !== two.id, "two ids", `${one.id} twice`);
        await there(one.id);
        await there(two.id);
      },
    },
    ...(muster ? [ageStatement(subject)] : []),
    {
      says: "read shows the same as the list, and nothing of what is gone",
      next: "Let read answer the thing as list shows it, and without `found` when it is gone.",
      async check() {
        if (provider.read === undefined) throw new NotOffered("read is not offered");
        const { id } = await things.make();
        const seen = await there(id);
        const read = await provider.read(id, ctx);
        demand(read?.id === id && isDeepStrictEqual(read.tags, seen?.tags), "the thing as the list shows it", read);
        await things.destroy(id);
        demand((await provider.read(id, ctx)) === undefined, "nothing once it is destroyed", "it is still found");
      },
    },
    {
      says: "what was destroyed is not seen any more",
      next: "Answer destroy when the thing is gone, and take it out of the list within `settleMs`.",
      async check() {
        const { id } = await things.make();
        await there(id);
        await things.destroy(id);
        await gone(id);
      },
    },
    {
      says: "destroying what is gone is done",
      next: "Answer destroy without an error when there is no such thing (any more).",
      async check() {
        const { id } = await things.make();
        await things.destroy(id);
        await gone(id);
        await things.destroy(id);
      },
    },
    {
      says: "destroying one leaves the others",
      next: "Destroy the thing of this very id, and nothing else.",
      async check() {
        const [one, two, three] = [await things.make(), await things.make(), await things.make()];
        await there(three.id);
        await things.destroy(two.id);
        await gone(two.id);
        for (const { id } of [one, three]) demand((await things.see(id)) !== undefined, `${id} to stay`, "it is gone");
      },
    },
  ];
}

/** What a claimed type is held to instead of tags. */
export function nameStatement({ provider, things }: ClaimedSubject): Statement {
  return {
    says: "a name that is taken is a `conflict`, and what has it stays as it is",
    next: "Create only what is not there: never write over what somebody else may have put there.",
    async check() {
      const { id, want } = await things.make();
      const before = await things.see(id);
      await demandFailure("conflict", () => provider.create(want, {}, ctx));
      demand(isDeepStrictEqual(await things.see(id), before), "the first one as it was", await things.see(id));
    },
  };
}

function ageStatement({ things }: Subject): Statement {
  return {
    says: "what has just been made is dated in milliseconds",
    next: "Let `since` be milliseconds since 1970.",
    async check() {
      const { id } = await things.make();
      const seen = await things.until(
        () => things.see(id),
        (each) => each !== undefined,
        `${id} to be there`,
      );
      const since = seen?.since ?? 0;
      demand(Math.abs(Date.now() - since) < DAY, "`since` to be now, in milliseconds since 1970", since);
    },
  };
}
