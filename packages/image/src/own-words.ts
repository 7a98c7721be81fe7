/**
 * Words of a manifest that stand for what is known only where it runs: `${port}` is the first of its `ports`, `${port.9090}`
 * that one. In an image each is the number itself; as a process it is the port of this machine that stands for it. In
 * `process.command` there is `${name}` too: as an image, a machine is told its name anyway.
 */
import type { Manifest } from "./manifest.ts";

const PORT = /\$\{port(?:\.(\d{1,5}))?\}/g;

/** What may hold such words. */
type Speaking = Partial<Pick<Manifest, "env" | "ports">> & {
  readonly args?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly process?: { readonly command: readonly string[] } | undefined;
};

/**
 * The manifest with numbers in the place of its ports' words.
 *
 * @param portOf the number that stands for one of `ports`
 */
export function withPorts(manifest: Manifest, portOf: (port: number) => number): Manifest {
  const put = (text: string): string =>
    text.replaceAll(PORT, (word: string, named: string | undefined) => {
      const port = portNamed(named, manifest.ports);
      return port === undefined ? word : String(portOf(port));
    });
  const env = Object.fromEntries(Object.entries(manifest.env).map(([name, text]) => [name, put(text)]));
  if (manifest.kind === "linux") {
    const [program, ...others] = manifest.entrypoint;
    return { ...manifest, env, entrypoint: [put(program), ...others.map(put)] };
  }
  const { process } = manifest;
  const command = process === undefined ? {} : { process: { command: process.command.map(put) } };
  return { ...manifest, env, args: manifest.args.map(put), ...command };
}

/** Which of `ports` texts name: whoever reads them can be told another number. */
export function portsNamedIn(texts: readonly string[], ports: readonly number[]): ReadonlySet<number> {
  const named = texts.flatMap((text) => Array.from(text.matchAll(PORT), ([, port]) => portNamed(port, ports)));
  return new Set(named.filter((port) => port !== undefined));
}

/** Puts the name of what runs in the place of `${name}`. */
export function withName(text: string, name: string): string {
  return text.replaceAll("${name}", name);
}

/** Words that name no port of this manifest, each with the path of where it stands. */
export function strayPorts(given: Speaking): readonly { readonly path: readonly string[]; readonly word: string }[] {
  const texts: readonly (readonly [readonly string[], string])[] = [
    ...Object.entries(given.env ?? {}).map(([name, text]) => [["env", name], text] as const),
    ...(["args", "entrypoint"] as const).flatMap((key) => (given[key] ?? []).map((text) => [[key], text] as const)),
    ...(given.process?.command ?? []).map((text) => [["process", "command"], text] as const),
  ];
  return texts.flatMap(([path, text]) =>
    Array.from(text.matchAll(PORT)).flatMap(([word, named]) =>
      portNamed(named, given.ports ?? []) === undefined ? [{ path, word }] : [],
    ),
  );
}

/** @param named undefined: the first one is meant */
function portNamed(named: string | undefined, ports: readonly number[]): number | undefined {
  return named === undefined ? ports[0] : ports.find((port) => port === Number(named));
}
