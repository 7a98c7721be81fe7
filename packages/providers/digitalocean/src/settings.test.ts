import { readSettings } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { digitaloceanSettingsIn, type Environment, tokenOf } from "./settings.ts";

function urlIn(env: Environment, given: object = {}): string {
  return readSettings("droplet", digitaloceanSettingsIn(env), given).url;
}

describe("the endpoint", () => {
  it("is the settings', else the environment's, else DigitalOcean's own", () => {
    expect(urlIn({})).toBe("https://api.digitalocean.com");
    expect(urlIn({ DIGITALOCEAN_API_URL: "http://127.0.0.1:8080/" })).toBe("http://127.0.0.1:8080");
    expect(urlIn({ DIGITALOCEAN_API_URL: "http://127.0.0.1:8080" }, { url: "https://proxy.example/do" })).toBe(
      "https://proxy.example/do",
    );
  });

  it.each([
    ["api.digitalocean.com", "must be a URL"],
    ["http://api.digitalocean.com", "must begin with https:// unless it is on this machine"],
    ["https://me:pass@api.digitalocean.com", "must have no user"],
  ])("is not %s, wherever it stands", (url, problem) => {
    expect(() => urlIn({}, { url })).toThrow(problem);
    expect(() => urlIn({ DIGITALOCEAN_API_URL: url })).toThrow(problem);
  });
});

describe("the token", () => {
  const url = "https://api.digitalocean.com";

  it("is the settings', else that of either variable", () => {
    expect(tokenOf({ url, token: "a" }, { DIGITALOCEAN_TOKEN: "b" })).toBe("a");
    expect(tokenOf({ url, token: { secret: { env: "DO_LONDON" } } }, { DO_LONDON: "c" })).toBe("c");
    expect(tokenOf({ url }, { DIGITALOCEAN_TOKEN: "b", DIGITALOCEAN_ACCESS_TOKEN: "d" })).toBe("b");
    expect(tokenOf({ url }, { DIGITALOCEAN_ACCESS_TOKEN: "d\n" })).toBe("d");
  });

  it("that is missing is told with what to set", () => {
    expect(() => tokenOf({ url }, {})).toThrow(/^there is no token for DigitalOcean: set DIGITALOCEAN_TOKEN /);
    expect(() => tokenOf({ url, token: { secret: { env: "DO_LONDON" } } }, {})).toThrow("DO_LONDON");
  });

  it("that could be none is not told", () => {
    expect(() => tokenOf({ url, token: "se\ncret" }, {})).toThrow(/^(?!.*se\ncret).*has signs in it that no token has/);
  });
});
