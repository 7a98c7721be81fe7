/** Where checks are served: at a unix socket, or on loopback with TLS and a token. */
import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { createSecureContext } from "node:tls";
import { MusterError, messageOf } from "@muster/model";
import type { Cli } from "../cli.ts";

export type Address =
  | { readonly kind: "socket"; readonly path: string }
  | ({ readonly kind: "tcp"; readonly host: string; readonly port: number } & Secured);

export interface Secured {
  readonly tls: { readonly cert: Buffer; readonly key: Buffer };
  /** Whether an `Authorization` is the one that is asked for. */
  admits(authorization: string | undefined): boolean;
}

export interface AddressFlags {
  readonly serve: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tokenFile?: string;
}

const LOOPBACK = /^(?<host>localhost|127(?:\.\d{1,3}){3}|\[::1\]):(?<port>\d{1,5})$/;

/** Throws `usage.bad-value`. */
export function addressOf(cli: Pick<Cli, "cwd">, flags: AddressFlags): Address {
  const { serve } = flags;
  if (/^[a-z]+:\/\//i.test(serve)) {
    throw bad("--serve", `\`${serve}\` is an address of the web`, "the path of a socket, or 127.0.0.1:PORT alone");
  }
  if (serve.includes("/")) {
    if (flags.tlsCert !== undefined || flags.tlsKey !== undefined || flags.tokenFile !== undefined) {
      const wanted = "127.0.0.1:PORT, or leave out --tls-cert, --tls-key and --token-file";
      throw bad("--serve", "at a socket there is neither TLS nor a token", wanted);
    }
    return { kind: "socket", path: resolve(cli.cwd, serve) };
  }
  const { host = "", port = "" } = LOOPBACK.exec(serve)?.groups ?? {};
  if (host === "" || Number(port) > 65_535) {
    throw bad("--serve", `\`${serve}\` is none`, "the path of a socket, with a slash in it; or 127.0.0.1:PORT");
  }
  return { kind: "tcp", host: host.replaceAll(/[[\]]/g, ""), port: Number(port), ...securedBy(cli, flags) };
}

function securedBy({ cwd }: Pick<Cli, "cwd">, { tlsCert, tlsKey, tokenFile }: AddressFlags): Secured {
  if (tlsCert === undefined || tlsKey === undefined || tokenFile === undefined) {
    const wanted = "--tls-cert, --tls-key and --token-file with it; or the path of a socket";
    throw bad("--serve", "nothing is served on TCP without TLS and a token", wanted);
  }
  const tls = { cert: fileOf("--tls-cert", resolve(cwd, tlsCert)), key: fileOf("--tls-key", resolve(cwd, tlsKey)) };
  try {
    createSecureContext(tls);
  } catch (thrown) {
    throw bad("--tls-cert", messageOf(thrown), "a certificate and its key, each in PEM");
  }
  const token = digestOf(`Bearer ${tokenIn(resolve(cwd, tokenFile))}`);
  return {
    tls,
    admits: (authorization) => authorization !== undefined && timingSafeEqual(digestOf(authorization), token),
  };
}

const SHORTEST_TOKEN = 16;

function tokenIn(path: string): string {
  const token = fileOf("--token-file", path).toString().trim();
  if ((statSync(path).mode & 0o077) !== 0) {
    throw bad("--token-file", `${path} is open to others`, "a file that is yours alone: `chmod 600`");
  }
  if (token.length < SHORTEST_TOKEN || !/^[\x21-\x7e]+$/.test(token)) {
    throw bad(
      "--token-file",
      `${path} holds no token`,
      `a line of ${SHORTEST_TOKEN} characters at least, without spaces`,
    );
  }
  return token;
}

const MOST_BYTES = 65_536;

function fileOf(flag: string, path: string): Buffer {
  try {
    if (statSync(path).size > MOST_BYTES) throw new Error(`${path} is longer than ${MOST_BYTES} bytes`);
    return readFileSync(path);
  } catch (thrown) {
    throw bad(flag, messageOf(thrown), "a file that can be read");
  }
}

/** Of one length, whatever was sent. */
function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function bad(what: string, detail: string, wanted: string): MusterError {
  return new MusterError("usage.bad-value", { what, detail, wanted });
}

export function addressText(address: Address): string {
  if (address.kind === "socket") return address.path;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `https://${host}:${address.port}`;
}
