import { MusterErrors, placeText } from "@muster/model";
import { describe, expect, it } from "vitest";
import { checksOf } from "./checks.ts";
import { parseYaml } from "./yaml.ts";

const read = (text: string) => checksOf(parseYaml(text, "checks.yaml"));

/** What is wrong, as `line:column code message`. */
function wrongIn(text: string): readonly string[] {
  try {
    read(text);
  } catch (thrown) {
    const errors = thrown instanceof MusterErrors ? thrown.errors : [];
    return errors.map(({ code, message, place }) => `${placeText(place).split(" ")[0]?.slice(12)} ${code} ${message}`);
  }
  return [];
}

const list = (...lines: readonly string[]) => ["checks:", ...lines.map((line) => `  ${line}`)].join("\n");

describe("checks in a document", () => {
  it("are read as kind, subject, how it is asked, and what must hold", () => {
    const checks = read(
      list(
        "- port: 8080",
        "  listening: true",
        "- http: http://127.0.0.1:8080/",
        "  title: the front page",
        "  timeout: 2s",
        "  status: { not: 500, between: [200, 299] }",
        "  headers: { Content-Type: { contains: html } }",
        "  body: { json: { 'a.b[0]': 3 } }",
        "- user: ann",
        "  groups: [wheel, adm]",
      ),
    );
    expect(checks).toEqual([
      {
        ...{ kind: "port", subject: 8080, title: undefined, options: {} },
        statements: [{ property: "listening", matcher: { word: "equals", value: true } }],
      },
      {
        ...{ kind: "http", subject: "http://127.0.0.1:8080/", title: "the front page", options: { timeout: "2s" } },
        statements: [
          {
            property: "status",
            matcher: {
              word: "every",
              of: [
                { word: "not", of: { word: "equals", value: 500 } },
                { word: "between", from: 200, to: 299 },
              ],
            },
          },
          {
            property: "headers",
            matcher: { word: "key", path: "content-type", of: { word: "contains", value: "html" } },
          },
          { property: "body", matcher: { word: "json", path: "a.b[0]", of: { word: "equals", value: 3 } } },
        ],
      },
      {
        ...{ kind: "user", subject: "ann", title: undefined, options: {} },
        statements: [{ property: "groups", matcher: { word: "equals", value: ["adm", "wheel"] } }],
      },
    ]);
  });

  it("stand at the top of a stack too", () => {
    expect(read("stack: shop\ngroups: {}\nchecks:\n  - port: 80\n    listening: true\n")).toHaveLength(1);
    expect(wrongIn("owner: ann\nchecks:\n  - port: 80\n    listening: true\n")).toEqual([
      "1:1 declaration.unknown-key `owner` is not known here",
    ]);
  });

  it("assert something, or are refused", () => {
    expect(wrongIn("checks: []")[0]).toContain("declaration.empty-check a file without checks asserts nothing");
    expect(wrongIn("checks:")[0]).toContain("declaration.wrong-kind");
    expect(wrongIn(list("- port: 80"))).toEqual(["2:5 declaration.empty-check port 80 asserts nothing"]);
    expect(wrongIn(list("- port: 80", "  title: the port"))[0]).toContain("port 80 asserts nothing");
    expect(wrongIn(list("- file: /a", "  content: {}"))).toEqual([
      "3:5 declaration.empty-check `content` of file /a asserts nothing",
    ]);
    expect(wrongIn(list("- http: http://a/", "  headers: {}"))[0]).toContain(
      "`headers` of http http://a/ asserts nothing",
    );
    expect(wrongIn(list("- file: /a", "  content: { json: {} }"))[0]).toContain("asserts nothing");
    expect(wrongIn(list("- file: /a", "  content: { containsAll: [] }"))[0]).toContain("one at least");
    expect(wrongIn(list("- file: /a", "  content: { contains: '' }"))[0]).toContain("a text that is not empty");
  });

  it("of which a word is not known are told the nearest one", () => {
    expect(wrongIn(list("- fil: /etc/motd", "  exists: true"))).toEqual([
      "2:5 declaration.unknown-check there is no kind of check `fil` (did you mean `file`?)",
    ]);
    expect(wrongIn(list("- file: /a", "  exsits: true", "  content: { contians: x }"))).toEqual([
      "3:5 declaration.unknown-key `exsits` is not known here (did you mean `exists`?)",
      "4:16 declaration.unknown-key `contians` is not known here (did you mean `contains`?)",
    ]);
    expect(wrongIn(list("- port: 80", "  listening: { min: 1 }"))[0]).toContain("`min` is not known here");
  });

  it("take a key once", () => {
    expect(() => parseYaml(list("- port: 80", "  listening: true", "  listening: false"), "checks.yaml")).toThrow(
      "the key `listening` stands twice; first on line 3",
    );
  });

  it.each([
    ["- file: etc/motd", "  exists: true", "2:11 declaration.bad-check file etc/motd: `file` must be an absolute path"],
    ["- file: /etc/", "  exists: true", "2:11 declaration.bad-check file /etc/: `file` must not end with `/`"],
    ["- port: 0", "  listening: true", "2:11 declaration.bad-check port 0: `port` must be a number from 1 to 65535"],
    ["- addr: web", "  reachable: true", "2:11 declaration.bad-check addr web: `addr` must be HOST:PORT"],
    ["- http: ftp://a/", "  status: 200", "2:11 declaration.bad-check http ftp://a/: `http` must be an http or https"],
    ["- package: -x", "  installed: true", "2:14 declaration.bad-check package -x: `package` must be a name"],
    ["- service: --now", "  running: true", "2:14 declaration.bad-check service --now: `service` must be the name"],
    ["- file: /a", "  mode: 644", "3:11 declaration.wrong-kind `mode` must be a text (in quotes"],
    ["- file: /a", '  mode: "644"', '3:11 declaration.bad-check file /a: `mode` cannot be "644"'],
    ["- file: /a", "  type: dir", '3:11 declaration.bad-check file /a: `type` cannot be "dir"'],
    ["- file: /a", "  type: { not: dir }", '3:18 declaration.bad-check file /a: `type` cannot be "dir"'],
    ["- file: /a", "  type: { oneOf: [file, dir] }", '3:27 declaration.bad-check file /a: `type` cannot be "dir"'],
    ["- file: /a", '  mode: { not: "644" }', '3:18 declaration.bad-check file /a: `mode` cannot be "644"'],
    ["- container: db", "  status: up", '3:13 declaration.bad-check container db: `status` cannot be "up"'],
    ["- container: db", "  health: ok", '3:13 declaration.bad-check container db: `health` cannot be "ok"'],
    ["- file: /a", "  size: { between: [3, 1] }", "3:22 declaration.bad-check file /a: no number is at least 3"],
    ["- file: /a", "  size: { min: 3, max: 1 }", "3:11 declaration.bad-check file /a: no number is at least 3"],
    ["- file: /a", "  modified: { since: 1 hour }", "3:24 declaration.wrong-kind `since` must be a duration"],
    ["- file: /a", "  content: { matches: '(' }", "3:25 declaration.bad-check file /a: Invalid regular expression"],
    ["- file: /a", "  content: { json: { 'a..b': 1 } }", "3:24 declaration.bad-check file /a: `a..b` is no path"],
    [
      "- http: http://a/",
      "  status: 200\n    method: FETCH",
      "4:13 declaration.wrong-kind `method` must be `GET` or `HEAD`",
    ],
    ["- command: [true]", "  exit: 0", "2:14 declaration.bad-check command true: `command` must be a list of texts"],
    ["- port: ${self.port}", "  listening: true", "2:11 declaration.bad-reference `${self.port}`: here is no member"],
    ["- file: /${droplet.a.b}", "  exists: true", "2:11 declaration.bad-reference `${droplet.a.b}`: here is no"],
  ])("%s %s is refused, with its place", (first, second, wanted) => {
    expect(wrongIn(list(first, second))[0]).toContain(wanted);
  });

  it("say of a status a number, all of its kind, or a list of which it is one", () => {
    const matcher = (status: string) =>
      read(list("- http: http://a/", `  status: ${status}`))[0]?.statements[0].matcher;
    expect(matcher("204")).toEqual({ word: "equals", value: 204 });
    expect(matcher("2xx")).toEqual({ word: "between", from: 200, to: 299 });
    expect(matcher("[2xx, 404]")).toEqual({
      word: "either",
      of: [
        { word: "between", from: 200, to: 299 },
        { word: "equals", value: 404 },
      ],
    });
    expect(matcher("{ not: 5xx }")).toMatchObject({ word: "not", of: { word: "between" } });
    for (const wrong of ["6xx", "[]", "'200'"]) {
      expect(wrongIn(list("- http: http://a/", `  status: ${wrong}`))[0]).toContain("`status` must be a status as");
    }
  });

  it("may use a shell's own variables", () => {
    expect(read(list("- command: test -n ${HOME}", "  exit: 0"))).toHaveLength(1);
  });

  it("do not contradict each other", () => {
    expect(wrongIn(list("- file: /a", "  size: 3", "- file: /a", "  size: 4"))).toEqual([
      "5:11 declaration.checks-contradict file /a: `size` cannot be both 3 and 4",
    ]);
    const inner = (value: number) => [`- http: http://a/`, `  body: { json: { a: ${value} } }`];
    expect(wrongIn(list(...inner(1), ...inner(2)))[0]).toContain("`body` cannot be both 1 and 2");
    expect(wrongIn(list("- file: /a", "  exists: false", '  mode: "0644"'))).toEqual([
      "4:5 declaration.bad-check file /a: it is not to be there (`exists: false`), and `mode` is said of it",
    ]);
    const same = list("- file: /a", "  size: 3", "- file: /a", "  size: { min: 1 }", "- file: /b", "  size: 4");
    expect(wrongIn(same)).toEqual([]);
  });

  it("asked in another way are others", () => {
    const asked = (type: string) => ["- dns: a.test", `  type: ${type}`, "  answers: [x]"];
    const other = ["- dns: a.test", "  type: MX", "  answers: [y]"];
    expect(wrongIn(list(...asked("A"), ...other))).toEqual([]);
    expect(wrongIn(list(...asked("MX"), ...other))[0]).toContain("declaration.checks-contradict");
  });
});
