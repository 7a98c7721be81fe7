import { homedir } from "node:os";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { stateDirectory, storePath } from "./locations.ts";

it.each([
  ["MUSTER_STATE_DIR, before all others", { MUSTER_STATE_DIR: "/s", XDG_STATE_HOME: "/x", HOME: "/h" }, "/s"],
  ["MUSTER_STATE_DIR, relative to where Muster was started", { MUSTER_STATE_DIR: "s" }, resolve("s")],
  ["XDG_STATE_HOME/muster", { MUSTER_STATE_DIR: "", XDG_STATE_HOME: "/x", HOME: "/h" }, "/x/muster"],
  [
    "the home directory, where XDG_STATE_HOME is relative",
    { XDG_STATE_HOME: "x", HOME: "/h" },
    "/h/.local/state/muster",
  ],
  ["the home directory", { HOME: "/h" }, "/h/.local/state/muster"],
  ["the user's home directory, where HOME is not set", {}, `${homedir()}/.local/state/muster`],
])("state lives in %s", (_, env, expected) => {
  expect(stateDirectory(env)).toBe(expected);
});

it("the store is a file in the state directory", () => {
  expect(storePath({ MUSTER_STATE_DIR: "/s" })).toBe("/s/store.sqlite");
});
