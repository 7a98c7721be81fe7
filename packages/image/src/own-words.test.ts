import { expect, it } from "vitest";
import { type Manifest, manifestSchema } from "./manifest.ts";
import { portsNamedIn, withName, withPorts } from "./own-words.ts";

const unikernel = { image: "hello", kind: "unikernel", kernel: "hello.elf", ports: [8080, 9090] };
const linux = { image: "app", kind: "linux", entrypoint: ["/app"], ports: [8080] };

const read = (given: object): Manifest => manifestSchema.parse(given);
const wrongs = (given: object) =>
  manifestSchema.safeParse(given).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);

it("puts numbers in the place of a unikernel's ports", () => {
  const process = { command: ["./hello", "port=${port}", "name=${name}", "${other}"] };
  const manifest = read({
    ...unikernel,
    args: ["port=${port}", "admin=${port.9090}"],
    env: { AT: ":${port}" },
    process,
  });
  expect(withPorts(manifest, (port) => port)).toMatchObject({
    args: ["port=8080", "admin=9090"],
    env: { AT: ":8080" },
    process: { command: ["./hello", "port=8080", "name=${name}", "${other}"] },
  });
  expect(withPorts(manifest, (port) => port + 1)).toMatchObject({ args: ["port=8081", "admin=9091"] });
});

it("puts numbers in the place of a Linux program's ports", () => {
  const manifest = read({ ...linux, entrypoint: ["/app", "-l", ":${port}"], env: { PORT: "${port}" } });
  const there = withPorts(manifest, () => 20_000);
  expect(there).toMatchObject({ entrypoint: ["/app", "-l", ":20000"], env: { PORT: "20000" } });
});

it("changes nothing where no port is named", () => {
  for (const given of [unikernel, linux]) expect(withPorts(read(given), () => 1)).toEqual(read(given));
});

it("knows which ports are told to a program", () => {
  expect(portsNamedIn(["a=${port.9090}", "${port}"], [8080, 9090])).toEqual(new Set([9090, 8080]));
  expect(portsNamedIn(["8080", "$port", "${name}"], [8080])).toEqual(new Set());
});

it("puts the name in the place of its word", () => {
  expect(withName("name=${name} ${name}", "hello-0")).toBe("name=hello-0 hello-0");
});

it("refuses a manifest that names a port which it does not have", () => {
  expect(wrongs({ ...unikernel, args: ["port=${port.80}"] })).toEqual([
    "args: says ${port.80}, and `ports` has no such one",
  ]);
  expect(wrongs({ ...linux, ports: [], env: { PORT: "${port}" } })).toEqual([
    "env.PORT: says ${port}, and `ports` has no such one",
  ]);
  expect(wrongs({ ...unikernel, process: { command: ["./hello", "${port.1}"] } })).toEqual([
    "process.command: says ${port.1}, and `ports` has no such one",
  ]);
});
