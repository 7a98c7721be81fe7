import { beforeEach, describe, expect, it } from "vitest";
import { leapingClock } from "../test/clock.ts";
import { type Lasting, lastingVisits } from "./lasting.ts";
import { ended, type Visited } from "./visited.ts";

let clock: ReturnType<typeof leapingClock>;
let letGo: AbortController;
let late: string[];
let lasting: Lasting;

beforeEach(() => {
  clock = leapingClock();
  letGo = new AbortController();
  late = [];
  lasting = lastingVisits({
    ...{ clock, letGo: letGo.signal },
    onLate: (word, { end }) => late.push(`${word} ${end.kind}`),
    onLateFailure: (thrown) => late.push(String(thrown)),
  });
});

const kept = (address: string) => ended(address, { kind: "kept" });

/** A visit that ends when it is told to, and how the pass saw it end. */
function visit(patience: ReturnType<Lasting["patience"]>, address: string) {
  const { promise, resolve, reject } = Promise.withResolvers<Visited>();
  let seen = "nothing yet";
  patience.with(address, promise).then(
    ({ end }) => {
      seen = end.kind;
    },
    () => {
      seen = "thrown";
    },
  );
  return { end: () => resolve(kept(address)), become: resolve, fail: reject, seen: () => seen };
}

describe("a visit", () => {
  it("is waited for while something comes to its end, and no longer than twenty seconds", async () => {
    const patience = lasting.patience();
    const slow = visit(patience, "box.slow");
    for (let second = 0; second < 19; second++) {
      const quick = visit(patience, `note.${second}`);
      await clock.advance(1_000);
      quick.end();
      await clock.advance(0);
      expect(quick.seen()).toBe("kept");
      expect(slow.seen()).toBe("nothing yet");
    }
    await clock.advance(1_000);
    expect(slow.seen()).toBe("waiting");
    expect(lasting.isUnderWay("box.slow")).toBe(true);
    slow.end();
    await clock.advance(0);
    expect(late).toEqual(["box.slow kept"]);
    expect(lasting.isQuiet()).toBe(true);
  });

  it("is waited for five seconds where nothing else ends", async () => {
    const slow = visit(lasting.patience(), "box.slow");
    await clock.advance(4_999);
    expect(slow.seen()).toBe("nothing yet");
    await clock.advance(1);
    expect(slow.seen()).toBe("waiting");
  });

  it("that could not look tells so in the next pass, once", async () => {
    const slow = visit(lasting.patience(), "box.slow");
    await clock.advance(5_000);
    slow.become(ended("box.slow", { kind: "untold", reason: "look.unknown", message: "no" }));
    await clock.advance(0);
    expect(lasting.blindness("box.slow")?.end).toMatchObject({ kind: "untold", message: "no" });
    expect(lasting.blindness("box.slow")).toBeUndefined();
  });

  it("that fails is told of whenever that is", async () => {
    const [quick, slow] = [visit(lasting.patience(), "note.quick"), visit(lasting.patience(), "box.slow")];
    quick.fail(new Error("at once"));
    await clock.advance(5_000);
    expect(quick.seen()).toBe("thrown");
    slow.fail(new Error("late"));
    await clock.advance(0);
    expect(late).toEqual(["Error: late"]);
  });

  it("is not waited for when Muster ends; its end is", async () => {
    const slow = visit(lasting.patience(), "box.slow");
    letGo.abort();
    await clock.advance(0);
    expect(slow.seen()).toBe("waiting");
    let isOver = false;
    void lasting.ended().then(() => {
      isOver = true;
    });
    await clock.advance(0);
    expect(isOver).toBe(false);
    slow.end();
    await clock.advance(0);
    expect(isOver).toBe(true);
  });

  it("leaves no timer behind", async () => {
    const patience = lasting.patience();
    visit(patience, "note.a").end();
    await clock.advance(0);
    patience.end();
    expect(clock.waiting()).toBe(0);
  });
});
