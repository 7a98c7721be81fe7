import { expect, it } from "vitest";
import { readSettings } from "./settings.ts";

it("reads settings by provider; the last one of a key holds", () => {
  expect(readSettings(["a.dir=/x", "b.root=/y", "a.dir=/z", "a.note="], "/home")).toEqual({
    a: { dir: "/z", note: "" },
    b: { root: "/y" },
  });
});

it("takes a relative path from the current directory, and leaves every other text as it is", () => {
  const given = ["p.a=./x", "p.b=../x", "p.c=.", "p.d=x/y", "p.e=.hidden", "p.f=a=b"];
  expect(readSettings(given, "/home/me")).toEqual({
    p: { a: "/home/me/x", b: "/home/x", c: "/home/me", d: "x/y", e: ".hidden", f: "a=b" },
  });
});

it("takes the last dot for the one before the key: a provider's name may hold dots", () => {
  expect(readSettings(["my.cloud.token=a.b"], "/")).toEqual({ "my.cloud": { token: "a.b" } });
});

it.each(["", "dir", "dir=x", ".dir=x", "a.=x", "a.b"])("refuses %j", (text) => {
  expect(() => readSettings([text], "/")).toThrow("sets nothing");
});
