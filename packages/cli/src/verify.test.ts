import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type House, openHouse } from "./test/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const verify = (...words: readonly string[]) => house.run("verify", ...words);

function checks(...entries: readonly object[]): Promise<string> {
  return house.write("checks.json", { checks: entries });
}

describe("muster verify", () => {
  it("exits with 0 where all holds, 1 where something does not, 4 where nobody could tell", async () => {
    const [good, bad, untold] = [
      { file: "/etc/passwd", exists: true, content: { matches: "^root:" } },
      { file: "/etc/passwd", size: 0 },
      { http: "http://nobody.invalid/", status: 200 },
    ];
    const passed = await verify(await checks(good));
    expect([passed.code, passed.err]).toEqual([0, ""]);
    expect(passed.out).toMatch(
      /^pass {4}file \/etc\/passwd: exists\npass .*content\n2 pass, 0 fail, 0 unknown \(\d+m?s\)\n$/,
    );
    const failed = await verify(await checks(good, bad, untold));
    expect(failed.code).toBe(1);
    expect(failed.out).toMatch(/^fail {4}file \/etc\/passwd: size \[local\]\n {8}expected 0\n {8}found {4}\d+$/m);
    expect((await verify(await checks(good, untold))).code).toBe(4);
  });

  it("finds that the example holds here", async () => {
    const example = fileURLToPath(new URL("../../../examples/checks/machine.yaml", import.meta.url));
    const { code, out } = await verify(example, "--output", "json");
    const failed = JSON.parse(out).results.filter(({ verdict }: { verdict: string }) => verdict !== "pass");
    expect([failed, code]).toEqual([[], 0]);
  });

  it("tells all that is wrong with the checks, and where, and exits with 2", async () => {
    const file = await house.write("checks.yaml", "checks:\n  - port: 80\n  - fil: /a\n    exists: true\n");
    const { code, out, err } = await verify(file);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("error[declaration.empty-check]: port 80 asserts nothing\n  at ");
    expect(err).toContain("checks.yaml:3:5 (checks[1].fil)");
    const relative = await verify(await checks({ file: "motd", exists: true }));
    expect(relative.err).toMatch(
      /it begins with `\/`\n {2}at .*checks\.json:4:15 \(checks\[0\]\.file\)\n {2}next: Write its path\.\n/,
    );
    const empty = await verify(await house.write("empty.yaml", "\n"));
    expect([empty.code, empty.err]).toEqual([2, expect.stringContaining("or `checks:` where nothing is declared")]);
  });

  it("reads the checks of a stack too, in any language", async () => {
    const stack = `import { check, defineStack } from "@muster/sdk";
      export default defineStack({ stack: "shop", groups: {}, checks: [check.file("/etc/passwd").exists()] });`;
    expect(await verify(await house.write("shop.ts", stack))).toMatchObject({ code: 0, err: "" });
    const broken = await house.write(
      "shop.yaml",
      "stack: shop\ngruops: {}\nchecks:\n  - port: 80\n    listening: true\n",
    );
    expect((await verify(broken)).err).toContain("did you mean `groups`?");
    const none = await verify(await house.write("none.yaml", "stack: shop\ngroups: {}\n"));
    expect([none.code, none.err]).toEqual([2, expect.stringContaining("a file without checks asserts nothing")]);
  });

  it("takes only what is meant, and says where that is nothing", async () => {
    const file = await checks({ file: "/etc/passwd", exists: true }, { user: "root", title: "the boss", exists: true });
    expect((await verify(file, "--only", "file")).out).toContain("\n1 pass");
    expect((await verify(file, "--only", "boss")).out).toContain("the boss (user root: exists)");
    expect((await verify(file, "--only", "passwd", "--only", "boss")).out).toContain("\n2 pass");
    const { code, err } = await verify(file, "--only", "nothing");
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('error[usage.bad-value]: --only: no check is like "nothing"'),
    ]);
  });

  it("asks again for as long as it is told", async () => {
    const server = createServer((_, response) => response.end("Hello"));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        if (typeof address === "object" && address !== null) resolve(address.port);
      });
    });
    onTestFinished(() => void server.close());
    const file = house.path("begun");
    // It is there when somebody has asked for it once.
    server.once("request", () => void writeFile(file, ""));
    const asked = await checks(
      { http: `http://127.0.0.1:${port}/`, body: "Hello" },
      { file, exists: true, size: { min: 1 } },
    );
    server.on("request", () => void writeFile(file, "x"));
    const { code, out } = await verify(asked, "--retry-for", "60s", "--output", "json");
    expect([code, JSON.parse(out).counts]).toEqual([0, { pass: 3, fail: 0, unknown: 0 }]);
    expect((await verify(asked, "--retry-for", "soon")).err).toContain('--retry-for: "soon" is no duration');
  });

  it("prints in every form, and shows no more of a target than who and where it is", async () => {
    const file = await checks({ file: "/etc/passwd", exists: true });
    for (const form of ["tap", "junit", "json", "prometheus"]) {
      expect(await verify(file, "--output", form)).toMatchObject({
        code: 0,
        err: "",
        out: expect.stringContaining("/etc/passwd"),
      });
    }
    const target = `ssh://ann@127.0.0.1:1?key=${house.path("key")}&known-hosts=${house.path("hosts")}`;
    const { code, out } = await verify(file, "--target", target, "--target", "local");
    expect(code).toBe(4);
    expect(out).toContain(
      "unknown file /etc/passwd: exists [ssh://ann@127.0.0.1:1]\n        could not be told: ssh exited with 255",
    );
    expect(out).toContain("1 pass, 0 fail, 1 unknown");
    const bad = await verify(file, "--target", "web-1");
    expect([bad.code, bad.err]).toEqual([2, expect.stringContaining("--target web-1: it is no ssh://USER@HOST:PORT")]);
  });

  it("cannot tell of members whom nobody keeps just now, and exits with 4", async () => {
    const { code, out } = await verify(await checks({ file: "/etc/passwd", exists: true }), "--target", "shop/web");
    expect(code).toBe(4);
    expect(out).toMatch(/^unknown file \/etc\/passwd: exists\n {8}could not be told: no Muster is running \(/);
  });

  it("refuses flags that would say nothing beside others", async () => {
    const file = await checks({ file: "/etc/passwd", exists: true });
    const socket = ["--serve", house.path("checks.sock")];
    const idle: readonly (readonly [readonly string[], string])[] = [
      [["--since", "3d"], "--since: it says nothing without --history"],
      [["--cache", "3s"], "--cache: it says nothing without --serve"],
      [["--token-file", file], "--token-file: it says nothing without --serve"],
      [["--last", "--history"], "--history: it says nothing with --last"],
      [["--last", "--since", "3d"], "--since: it says nothing with --last"],
      [["--last", "--target", "local"], "--target: it says nothing with --last"],
      [["--history", "--only", "file"], "--only: it says nothing with --history"],
      [["--history", "--no-derived"], "--no-derived: it says nothing with --history"],
      [[...socket, "--last"], "--serve: it says nothing with --last"],
      [[...socket, "--retry-for", "3s"], "--retry-for: it says nothing with --serve"],
      [[...socket, "--tls-key", file], "--serve: at a socket there is neither TLS nor a token"],
      [["--serve", "https://127.0.0.1:9"], "--serve: `https://127.0.0.1:9` is an address of the web"],
    ];
    for (const [flags, says] of idle) {
      const { code, err } = await verify(file, ...flags);
      expect([code, err], flags.join(" ")).toEqual([2, expect.stringContaining(`error[usage.bad-value]: ${says}`)]);
    }
  });

  it("ends at Ctrl-C, and leaves nobody behind", async () => {
    const file = house.path("pid");
    const command = `echo $$ > ${file}; exec sleep 300`;
    const running = house.start("verify", await checks({ command, exit: 0, timeout: "5m" }));
    await vi.waitFor(() => expect(readFileSync(file, "utf8")).toMatch(/\d\n/), PATIENCE);
    const pid = readFileSync(file, "utf8").trim();
    running.signal("SIGINT");
    const out = expect.stringContaining("nobody waited for the answer");
    expect(await running.ended).toMatchObject({ code: 130, out });
    await vi.waitFor(() => expect(existsSync(`/proc/${pid}/exe`)).toBe(false), PATIENCE);
  });
});

const PATIENCE = { timeout: 20_000, interval: 20 };
