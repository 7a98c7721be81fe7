import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { freshFolder } from "../test/qemu.ts";
import { EVENTS_FILE, ROOM_FOR_EVENTS } from "./files.ts";
import { listener, NOTHING_TOLD } from "./told.ts";

function machine() {
  const home = freshFolder("muster-told-");
  writeFileSync(`${home}/${EVENTS_FILE}`, ROOM_FOR_EVENTS);
  const file = openSync(`${home}/${EVENTS_FILE}`, "r+");
  onTestFinished(() => closeSync(file));
  const { hear } = listener();
  return { say: (text: string) => void writeSync(file, text), told: () => hear("v-1", home) };
}

const BEGUN = '{"return": {}}\r\n';
const PANICKED = '{"timestamp": {"seconds": 1}, "event": "GUEST_PANICKED", "data": {"action": "pause"}}\r\n';

describe("what QEMU has told", () => {
  it("is nothing where there is only room for it, and then what was written there, line by line", () => {
    const { say, told } = machine();
    expect(told()).toEqual(NOTHING_TOLD);
    say(BEGUN);
    expect(told()).toEqual({ ...NOTHING_TOLD, hasBegun: true });
    say(PANICKED.slice(0, 30));
    expect(told()?.hasPanicked).toBe(false);
    say(PANICKED.slice(30));
    expect(told()).toEqual({ ...NOTHING_TOLD, hasBegun: true, hasPanicked: true });
  });

  it("goes on beyond the room that there was at first", () => {
    const { say, told } = machine();
    say(BEGUN);
    for (let count = 0; count < ROOM_FOR_EVENTS.length; count += 100) {
      say('{"event": "STOP"}\r\n'.repeat(6));
      expect(told()).toMatchObject({ isPaused: true, hasPanicked: false });
    }
    say(PANICKED);
    expect(told()?.hasPanicked).toBe(true);
  });
});
