import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type House, openHouse, walkthrough } from "../test/house.ts";

let house: House;
let other: Server | undefined;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  other?.close();
  other = undefined;
  await house.close();
});

async function answerAt(socket: string, answer: string): Promise<void> {
  const server = createServer((connection) => connection.once("data", () => connection.end(answer)));
  await new Promise<void>((resolve) => server.listen(house.path(`run/muster/${socket}`), resolve));
  other = server;
}

it("passes over a socket that a killed watch left behind", async () => {
  await house.write("a.json", walkthrough(1, "a", "a"));
  await house.write("b.json", walkthrough(1, "b", "b"));
  const killed = house.start("watch", "a.json");
  const living = house.start("watch", "b.json");
  await Promise.all([killed.says("as declared"), living.says("as declared")]);
  killed.signal("SIGKILL");
  await killed.ended;
  const { code, out, err } = await house.run("group", "ls", "--output", "json");
  expect(JSON.parse(out)).toMatchObject([{ stack: "b" }]);
  expect([code, err]).toEqual([0, ""]);
});

it("shows what it can, and fails for a Muster that gives no answer that can be understood", async () => {
  await house.write("garethr.json", walkthrough(1));
  await house.start("watch", "garethr.json").says("as declared");
  await answerAt("stack-odd.sock", "HTTP/1.1 200 OK\r\n\r\nwhat?");
  const { code, out, err } = await house.run("group", "ls");
  expect(out).toContain("converged");
  expect(err).toMatch(/^error\[daemon\.bad-answer\]: the Muster at .*stack-odd\.sock /);
  expect(code).toBe(1);
});

it("says that a Muster went away in the middle of a call", async () => {
  await mkdir(house.path("run/muster"), { mode: 0o700 });
  await answerAt("muster.sock", "");
  const { code, out, err } = await house.run("group", "ls");
  expect(err).toMatch(/^error\[daemon\.gone\]: .*went away before it answered\n {2}next: Look with `muster group ls`/);
  expect([code, out]).toEqual([1, ""]);
});

it("says that a Muster is silent, and not that there are no groups", async () => {
  await house.write("garethr.json", walkthrough(1));
  const watch = house.start("watch", "garethr.json");
  await watch.says("as declared");
  watch.signal("SIGSTOP");
  const { code, out, err } = await house.run("group", "ls");
  watch.signal("SIGCONT");
  expect(err).toMatch(/^error\[daemon\.silent\]: the Muster at .* did not answer within 10 s\n/);
  expect([code, out]).toEqual([1, ""]);
}, 30_000);

it("says which stacks a name could mean", async () => {
  const stack = (name: string) => `stack: ${name}\ngroups:\n  web:\n    size: 0\n    template: { instance-file: {} }\n`;
  await house.write("a.yaml", stack("a"));
  await house.write("b.yaml", stack("b"));
  const watch = house.start("watch", "a.yaml", "b.yaml");
  await Promise.all([watch.says("a/web  0 of 0"), watch.says("b/web  0 of 0")]);
  const { code, err } = await house.run("group", "scale", "web", "1");
  expect(err).toMatch(/^error\[group\.ambiguous\]: more than one stack has a group `web`: a, b\n {2}next: Write STACK/);
  expect(code).toBe(2);
  expect((await house.run("group", "scale", "b/web", "1")).code).toBe(0);
});
