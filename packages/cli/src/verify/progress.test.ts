import { expect, it } from "vitest";
import type { Printer } from "../cli.ts";
import { showProgress } from "./progress.ts";

function screen(isTerminal: boolean) {
  const written: string[] = [];
  const printer: Printer = {
    ...{ isTerminal, colors: false, columns: () => 60, closed: new AbortController().signal },
    write: (text) => void written.push(text),
    send: async () => undefined,
  };
  return { printer, written };
}

const counts = { pass: 3, fail: 2, unknown: 1 };

it("tells at a terminal how long it has been asked, and what does not hold yet; and leaves no trace", () => {
  const { printer, written } = screen(true);
  let tick: () => void = () => expect.fail("it has not begun");
  let isStopped = false;
  const progress = showProgress(printer, (run) => {
    tick = run;
    return () => {
      isStopped = true;
    };
  });
  expect(written).toEqual([]);
  tick();
  progress.again(counts);
  tick();
  progress.end();
  const clear = "\r\u001b[K";
  expect(written).toEqual([`${clear}asking · 1 s`, `${clear}asking · 2 s · 2 fail, 1 unknown so far`, clear]);
  expect(isStopped).toBe(true);
});

it("is quiet in a pipe", () => {
  const { printer, written } = screen(false);
  const progress = showProgress(printer, () => expect.fail("nobody looks"));
  progress.again(counts);
  progress.end();
  expect(written).toEqual([]);
});
