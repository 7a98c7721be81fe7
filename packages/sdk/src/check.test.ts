import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KIND_NAMES } from "@muster/checks";
import { describe, expect, it } from "vitest";
import { check } from "./check.ts";
import { resource } from "./resources.ts";
import { defineStack, types } from "./stack.ts";

describe("a check in TypeScript", () => {
  it("is the same plain data as in YAML", () => {
    const checks = [
      check.port(8080).listening(),
      check.http("http://127.0.0.1:8080/", { timeout: "2s" }).status(200).body.contains("Hello"),
      check.file("/etc/motd", { title: "the greeting" }).exists().mode("0644").size.between([1, 100]),
      check.file("/old").exists(false),
      check.command(["true"]).exit(0).stdout.length(0),
      check.kernelParam("net.ipv4.ip_forward").value({ oneOf: ["0", "1"] }),
      check.user("ann").groups({ containsAll: ["wheel"], none: "root" }),
    ];
    expect(structuredClone(checks.map((each) => ({ ...each })))).toEqual([
      { port: 8080, listening: true },
      { http: "http://127.0.0.1:8080/", timeout: "2s", status: 200, body: { contains: "Hello" } },
      { file: "/etc/motd", title: "the greeting", exists: true, mode: "0644", size: { between: [1, 100] } },
      { file: "/old", exists: false },
      { command: ["true"], exit: 0, stdout: { length: 0 } },
      { "kernel-param": "net.ipv4.ip_forward", value: { oneOf: ["0", "1"] } },
      { user: "ann", groups: { containsAll: ["wheel"], none: "root" } },
    ]);
    expect(JSON.stringify(checks[0])).toBe('{"port":8080,"listening":true}');
  });

  it("is of a thing of any type too", () => {
    const web = check.resource("droplet", "web-1", { title: "the shop" }).exists().property("size", "s-1vcpu-1gb");
    expect(structuredClone({ ...web.property("tags", { contains: "web" }) })).toEqual({
      ...{ droplet: "web-1", title: "the shop", exists: true, size: "s-1vcpu-1gb", tags: { contains: "web" } },
    });
    expect(JSON.stringify(web)).toBe('{"droplet":"web-1","title":"the shop","exists":true,"size":"s-1vcpu-1gb"}');
    expect(() => web.property("size", "s-2vcpu-2gb")).toThrow("`size` is said twice");
  });

  it("leaves the check that it was said of as it was", () => {
    const port = check.port(80);
    expect({ ...port.listening() }).toEqual({ port: 80, listening: true });
    expect({ ...port }).toEqual({ port: 80 });
  });

  it("is checked by the types", () => {
    // The type checker is the test here: where it accepts what stands below such a comment, the comment is an error.
    const stack = (...checks: readonly object[]) =>
      defineStack({ stack: "shop", groups: {}, checks: checks.map((each) => ({ ...each })) });
    const wrong = [
      // @ts-expect-error a property of another kind
      () => check.port(80).mode("0644"),
      // @ts-expect-error a number where a text is
      () => check.file("/a").mode(644),
      // @ts-expect-error a word that is not said of numbers
      () => check.file("/a").size.contains("1"),
      // @ts-expect-error an option that it has not
      () => check.port(80, { timeout: "1s" }),
      // @ts-expect-error a subject of another kind
      () => check.file(80),
      // @ts-expect-error the same property twice
      () => check.http("http://a/").status(200).status(201),
      // @ts-expect-error a method that is none
      () => check.http("http://a/", { method: "FETCH" }),
      // @ts-expect-error a word that is not known
      () => check.user("ann").groups({ containsAl: ["wheel"] }),
    ];
    expect(wrong).toHaveLength(8);
    expect(stack(check.port(80).listening()).checks).toEqual([{ port: 80, listening: true }]);
  });

  it("stands in groups and resources too, in the words of whom it is of", () => {
    const page = check.http("http://127.0.0.1:${self.port}/").status(200);
    const template = types.process({ command: "node" });
    const stack = defineStack({
      stack: "shop",
      groups: { web: { size: 1, template, checks: [page] } },
      resources: [resource.file("/etc/motd", { content: "", checks: [check.file("${self.path}").mode("0644")] })],
    });
    // @ts-expect-error a check is no text
    const wrong = () => defineStack({ stack: "shop", groups: { web: { size: 1, template, checks: ["http"] } } });
    expect(JSON.parse(JSON.stringify([stack, typeof wrong]))).toEqual([
      {
        stack: "shop",
        groups: {
          web: { size: 1, template, checks: [{ http: "http://127.0.0.1:${self.port}/", status: 200 }] },
        },
        resources: { file: { "/etc/motd": { content: "", checks: [{ file: "${self.path}", mode: "0644" }] } } },
      },
      "function",
    ]);
  });

  it("can be of every kind that there is", () => {
    const source = readFileSync(join(import.meta.dirname, "check.ts"), "utf8");
    const asked = [...source.matchAll(/: asks\("([\w-]+)"\)/g)].map(([, name]) => name);
    expect(asked.toSorted()).toEqual([...KIND_NAMES].toSorted());
  });
});
