import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse, until } from "./test/house.ts";
import { serveLockedShelf } from "./test/locked-shelf.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const here = ["--set", "instance-file.dir=./instances"];
const verify = (...words: readonly string[]) => house.run("verify", "shop.yaml", ...words);
const apply = async () => expect(await house.run("apply", "shop.yaml", "--yes", ...here)).toMatchObject({ code: 0 });

/** It takes connections, and says nothing. */
async function silentServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer();
  const open = new Set<Socket>();
  server.on("connection", (connection) => void open.add(connection.on("error", () => undefined)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens at no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async [Symbol.asyncDispose]() {
      for (const connection of open) connection.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

interface Told {
  readonly kind: string;
  readonly subject: string;
  readonly property: string;
  readonly verdict: string;
  readonly [key: string]: unknown;
}

/** Each result in a few words, as JSON has them. */
async function results(...words: readonly string[]): Promise<readonly string[]> {
  const { out } = await verify("--output", "json", ...here, ...words);
  return JSON.parse(out).results.map(({ kind, subject, property, verdict }: Told) => {
    return `${verdict} ${kind} ${subject.replace(`${house.dir}/`, "")}: ${property}`;
  });
}

const declare = (size = 2) =>
  house.write(
    "shop.yaml",
    `stack: shop
resources:
  file:
    ${house.path("motd")}: { content: "Hello\\n", mode: "0644" }
    ${house.path("old")}: { ensure: absent }
groups:
  web:
    size: ${size}
    template: { instance-file: { properties: { greeting: hello } } }
`,
  );

const ALL = [
  ...["file motd: exists", "file motd: content", "file motd: mode", "file old: exists"],
  ...["group shop/web: members", "group shop/web: revision", "group shop/web: properties", "group shop/web: health"],
];

describe("muster verify of a stack without a check", () => {
  it("asks whether what it declares is so: before it is applied, after, and when somebody has changed it", async () => {
    await declare();
    const before = await verify(...here);
    expect(before.code).toBe(1);
    expect(before.out).toMatch(/^fail {4}file \/.*motd: exists\n {8}expected true\n {8}found {4}false$/m);
    expect(before.out).toContain("group shop/web: members\n        expected 2\n        found    0");
    await apply();
    expect(await results()).toEqual(ALL.map((each) => `pass ${each}`));
    expect((await verify(...here)).code).toBe(0);

    writeFileSync(house.path("motd"), "Bye\n");
    chmodSync(house.path("motd"), 0o600);
    writeFileSync(house.path("old"), "");
    rmSync(`${house.instances}/${house.files()[0]}`);
    expect(await results()).toEqual(
      ["pass", "fail", "fail", "fail", "fail", "pass", "pass", "pass"].map((verdict, at) => `${verdict} ${ALL[at]}`),
    );
    const { out } = await verify(...here);
    expect(out).toContain(
      'expected "Hello\\n"\n        found    "Bye\\n"\n        line 1:\n        - Hello\n        + Bye',
    );
  });

  it("touches nothing, also where the store is not there yet", async () => {
    await declare();
    await verify(...here);
    expect([house.files(), existsSync(house.path("motd"))]).toEqual([[], false]);
  });

  it("is told of members of another revision, and of such as are too many", async () => {
    await declare();
    await apply();
    await house.write("shop.yaml", readFileSync(house.path("shop.yaml"), "utf8").replace("hello", "goodbye"));
    expect(await results("--only", "group")).toEqual([
      ...["pass group shop/web: members", "fail group shop/web: revision"],
      ...["pass group shop/web: properties", "pass group shop/web: health"],
    ]);
    await declare(1);
    expect((await results("--only", "group"))[0]).toBe("fail group shop/web: members");
  });

  it("asks reality itself beside the Muster that keeps the stack, and that one goes on", async () => {
    await declare();
    const watching = house.start("watch", "shop.yaml", "--no-follow", ...here);
    await watching.says("as declared");
    await until(() => house.files().length === 2 && existsSync(house.path("motd")));
    expect((await verify(...here, "--retry-for", "20s")).code).toBe(0);
    // Without being told where, it looks elsewhere than that one keeps them: it has seen nobody, and does not say so.
    const elsewhere = await verify("--only", "group");
    expect(elsewhere.code).toBe(4);
    expect(elsewhere.out).toContain("`--set` says where");
    watching.signal("SIGINT");
    expect((await watching.ended).code).toBe(0);
  });

  it("stands beside its written checks, and is left out where that is wanted", async () => {
    await declare();
    await apply();
    const text = `${readFileSync(house.path("shop.yaml"), "utf8")}checks:\n  - user: root\n    exists: true\n`;
    await house.write("shop.yaml", text);
    expect((await results()).length).toBe(ALL.length + 1);
    expect(await results("--no-derived")).toEqual(["pass user root: exists"]);
    expect(await results("--only", "old", "--only", "user")).toEqual([
      ...["pass user root: exists", "pass file old: exists"],
    ]);
    const none = await verify("--only", "nothing", ...here);
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('--only: no check is like "nothing"')]);
    for (const form of ["text", "tap", "junit", "prometheus"]) {
      expect((await verify(...here, "--output", form)).out).toContain("shop/web");
    }
    await declare();
    const nothing = await verify("--no-derived", ...here);
    expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining("asserts nothing")]);
  });

  it("says of what cannot be looked at that nobody could tell, and refuses what could not be declared", async () => {
    await serveLockedShelf(house);
    await house.write("shop.yaml", "stack: shop\nresources:\n  thing:\n    a: {}\n");
    const { code, out } = await verify();
    expect(code).toBe(4);
    expect(out).toMatch(/^unknown thing a: exists\n {8}could not be told: .*the shelf is locked$/m);
    await house.write("shop.yaml", "stack: shop\nresources:\n  file:\n    /a: { contnet: x }\n");
    const bad = await verify();
    expect([bad.code, bad.err]).toEqual([2, expect.stringContaining("shop.yaml:4:")]);
    expect(bad.err).toContain("did you mean `content`?");
  });

  it("shows no secret, and says that it differs", async () => {
    house.env["PASSWORD"] = "correct-horse";
    const path = house.path("secret");
    await house.write(
      "shop.yaml",
      `stack: shop\nresources:\n  file:\n    ${path}: { content: { secret: { env: PASSWORD } } }\n`,
    );
    writeFileSync(path, "battery-staple");
    const { code, out } = await verify("--output", "json");
    expect(code).toBe(1);
    expect(out).toContain('"expected":"(secret)","found":"(secret)"');
    expect(out + (await verify("--last")).out).not.toMatch(/horse|staple/);
    writeFileSync(path, "correct-horse");
    expect((await verify()).code).toBe(0);
  });

  it("does not take for a difference what could not be read", async () => {
    const path = house.path("big");
    await house.write("shop.yaml", `stack: shop\nresources:\n  file:\n    ${path}: { content: small }\n`);
    writeFileSync(path, "");
    truncateSync(path, 17 * 1_048_576);
    const { code, out } = await verify();
    expect([code, out]).toEqual([4, expect.stringMatching(/unknown file .*big: content\n {8}could not be told: /)]);
  });

  it("reads a group of InfraKit's too", async () => {
    await house.write("shop.yaml", {
      ID: "garethr",
      Properties: {
        Instance: { Plugin: "instance-file", Properties: { Note: "hello" } },
        Flavor: { Plugin: "flavor-vanilla", Properties: { Size: 1 } },
      },
    });
    expect((await results())[0]).toMatch(/^fail group .*garethr: members$/);
    await apply();
    expect((await verify(...here)).code).toBe(0);
  });
});

describe("a check of a thing of any type", () => {
  it("is asked of DigitalOcean as of a file", async () => {
    const cloud = house.start("dev", "digitalocean", "--droplets", "2", "--output", "json");
    await cloud.says("\n");
    const { url, token } = JSON.parse(cloud.out());
    Object.assign(house.env, { DIGITALOCEAN_API_URL: url, DIGITALOCEAN_TOKEN: token });
    const size = /size: (\S+)/.exec((await house.run("resource", "droplet", "droplet-1")).out)?.[1] ?? "";
    await house.write(
      "checks.ts",
      `import { check } from "@muster/sdk";
       export default { checks: [
         check.resource("droplet", "droplet-1").exists().property("size", ${JSON.stringify(size)}),
         check.resource("droplet", "droplet-2").property("phase", "running"),
         check.resource("droplet", "droplet-9").exists(false),
       ] };`,
    );
    expect(await house.run("verify", "checks.ts")).toMatchObject({ code: 0, err: "" });
    await house.write("checks.yaml", "checks:\n  - droplet: droplet-9\n    size: s-1vcpu-1gb\n");
    const { code, out } = await house.run("verify", "checks.yaml");
    expect([code, out]).toEqual([1, expect.stringContaining("found    there is no droplet droplet-9")]);
    await house.write("checks.yaml", "checks:\n  - droplet: droplet-1\n    siez: s-1vcpu-1gb\n");
    expect((await house.run("verify", "checks.yaml")).err).toContain("did you mean `size`?");
    // What this machine has says nothing of another one.
    const { resources } = JSON.parse((await house.run("resource", "droplet", "droplet-1", "--output", "json")).out);
    resources.droplet["droplet-1"].checks = [{ file: "/etc/passwd", exists: true }];
    await house.write("far.json", { stack: "far", resources });
    const far = await house.run("verify", "far.json", "--only", "file");
    expect([far.code, far.out]).toEqual([4, expect.stringContaining("nobody can look into a droplet")]);
    cloud.signal("SIGTERM");
    await cloud.ended;
    await house.write("checks.yaml", "checks:\n  - droplet: droplet-1\n    exists: true\n");
    expect((await house.run("verify", "checks.yaml")).code).toBe(4);
  });
});

describe("reports that are kept", () => {
  const check = (value: boolean) => house.write("checks.json", { checks: [{ user: "root", exists: value }] });

  it("are printed again in any form, and listed, of a file or of a stack", async () => {
    await check(true);
    const first = await house.run("verify", "checks.json");
    await check(false);
    await house.run("verify", "checks.json");
    const last = await house.run("verify", "--last", "checks.json");
    expect([last.code, last.out]).toEqual([1, expect.stringContaining("expected false\n        found    true")]);
    expect((await house.run("verify", "--last", "--output", "tap")).out).toContain("not ok 1 - user root: exists");
    await declare();
    await verify(...here);
    expect((await house.run("verify", "--last", "shop")).out).toContain("group shop/web: members");
    expect((await house.run("verify", "--last", "shop.yaml")).out).toContain("group shop/web: members");
    const { out } = await house.run("verify", "--history");
    expect(out.split("\n").map((line) => line.replace(/^.{19} /, "").replace(/ \(.*/, ""))).toEqual([
      ...[
        ` ${house.path("checks.json")}  1 pass, 0 fail, 0 unknown`,
        ` ${house.path("checks.json")}  0 pass, 1 fail, 0 unknown`,
      ],
      ...[" shop  1 pass, 7 fail, 0 unknown", ""],
    ]);
    const lines = await house.run("verify", "--history", "checks.json", "--output", "json");
    expect(JSON.parse(lines.out.split("\n")[0] ?? "")).toMatchObject({ summary: { pass: 1, fail: 0 } });
    expect((await house.run("verify", "--history", "checks.json", "--since", "2100-01-01")).out).toBe("");
    expect(first.out).toContain("1 pass");
  });

  it("are those of everything that a file asks, each under its own name", async () => {
    await check(true);
    await house.write("more.json", { checks: [{ user: "nobody-here", exists: false }] });
    await house.run("verify", "checks.json", "more.json", "--only", "root");
    const none = await house.run("verify", "--last", "checks.json");
    expect([none.code, none.err]).toEqual([2, expect.stringContaining("error[history.no-report]")]);
    await house.run("verify", "checks.json", "more.json");
    const { out } = await house.run("verify", "--last", "more.json", "--output", "json");
    expect(JSON.parse(out).results).toMatchObject([{ subject: "nobody-here", verdict: "pass" }]);
  });

  it("are not kept where the store cannot be written, and that is told, and no failure", async () => {
    await check(true);
    const store = `${house.env["HOME"]}/.local/state/muster`;
    await house.run("verify", "checks.json");
    expect(statSync(`${store}/store.sqlite`).mode & 0o777).toBe(0o600);
    expect(readdirSync(store)).toContain("store.sqlite");
    for (const name of readdirSync(store)) rmSync(`${store}/${name}`);
    writeFileSync(`${store}/store.sqlite`, "this is no store, and never was one\n");
    const { code, out, err } = await house.run("verify", "checks.json");
    expect([code, out, err]).toEqual([
      0,
      expect.stringContaining("1 pass"),
      expect.stringMatching(/^The report was not kept: .*store\.sqlite.*\n$/),
    ]);
    await declare();
    const blind = await verify(...here);
    expect([blind.code, blind.err]).toEqual([1, expect.stringContaining("What is whose is not known: ")]);
    expect(blind.out).toContain("unknown group shop/web: members");
  });
});

describe("checks that stand in a declaration", () => {
  const stack = (checks: string) =>
    house.write(
      "shop.yaml",
      `stack: shop
resources:
  file:
    ${house.path("motd")}:
      content: "Hello\\n"
      checks:
        - command: "cat '\${self.path}'"
          title: it can be read
          stdout: "Hello\\n"
groups:
  web:
    size: 2
    template: { instance-file: { properties: { greeting: hello } } }
    checks:
      - command: "echo \${self.group}-\${self.slot}"
        stdout: { contains: "-\${self.slot}" }
checks:
  - file: "\${file.${house.path("motd")}.path}"
    exists: true
  - command: "echo $\${HOME.none}"
    exit: ${checks}
`,
    );

  it("are asked in the words of whom they are of, of each member that is there", async () => {
    await stack("2");
    await apply();
    const { code, out } = await verify(...here, "--no-derived");
    expect(code).toBe(0);
    const path = house.path("motd");
    expect(out.split("\n").map((line) => line.replace(/ \(\d.*/, ""))).toEqual([
      "pass    command echo ${HOME.none}: exit",
      `pass    file ${path}: exists`,
      `pass    file.${path}: it can be read (command cat '${path}': stdout)`,
      "pass    shop/web/0 (command echo web-0: stdout)",
      "pass    shop/web/1 (command echo web-1: stdout)",
      ...["5 pass, 0 fail, 0 unknown", ""],
    ]);
    expect((await verify(...here)).out).toContain("pass    group shop/web: members");
    const one = await verify(...here, "--only", "shop/web/1");
    expect(one.out).toMatch(/^pass {4}shop\/web\/1 \(command echo web-1: stdout\)\n1 pass/);
    rmSync(path);
    const gone = await verify(...here, "--only", "it can be read");
    expect([gone.code, gone.out]).toEqual([1, expect.stringContaining('found    ""')]);
  });

  it("are told by the end of the whole: what nobody has told by then is unknown, and what was told stays", async () => {
    await using silent = await silentServer();
    const slow = `http: "${silent.url}"\n        reachable: true\n        timeout: 20s`;
    await house.write(
      "shop.yaml",
      `stack: shop
resources:
  file:
    ${house.path("motd")}:
      content: "Hello\\n"
      checks:
        - ${slow.replaceAll("\n        ", "\n          ")}
        - command: "sleep 20; echo '\${self.path}'"
          timeout: 30s
          exit: 0
checks:
  - file: /etc/passwd
    exists: true
  - ${slow.replaceAll("\n        ", "\n    ")}
`,
    );
    writeFileSync(house.path("motd"), "Hello\n");
    const { code, out } = await verify(...here, "--timeout", "3s");
    expect(code).toBe(4);
    const late = "could not be told: it was not told within 3s";
    expect(out.split("\n").filter((line) => line.includes("could not be told"))).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining(late)),
    );
    expect(out).toMatch(/^pass {4}file \/etc\/passwd: exists \[local\]$/m);
    expect(out).toMatch(/^pass {4}file .*motd: content \[here\]$/m);
  });

  it("are refused where they speak of a secret, and cannot be told where something is not known", async () => {
    const path = house.path("motd");
    const speaking = (content: string, of: string) =>
      house.write(
        "shop.yaml",
        `stack: shop
resources:
  file:
    ${path}: { content: ${content} }
checks:
  - command: "echo \${file.${path}.${of}}"
    exit: 0
`,
      );
    await speaking("{ secret: { env: PASSWORD } }", "content");
    const refused = await verify("--no-derived");
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("`content` is a secret")]);
    // Nobody has declared it, and the file is not there.
    await speaking("hello", "mode");
    const { code, err, out } = await verify("--no-derived");
    expect([code, err, out]).toEqual([4, "", expect.stringMatching(/could not be told: .*mode\} is not known/)]);
  });
});
