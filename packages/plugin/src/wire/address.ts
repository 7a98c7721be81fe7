import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { MusterError, messageOf } from "@muster/model";

/** Where a plugin answers. Anything but a socket is this machine's loopback: plugins ask nobody who they are. */
export type Address =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** A `.listen` file holds one URL; what is longer is none. */
const MAX_URL = 4096;

/**
 * What the plugin of a file in the plugin directory is called: as the file, less `.listen`; and `NAME.sock`, as the
 * walk-through's plugins were called, up to its first dot.
 */
export function pluginName(path: string): string {
  const file = basename(path);
  if (file.endsWith(".listen")) return file.slice(0, -".listen".length);
  if (file.endsWith(".sock")) return file.slice(0, file.indexOf("."));
  return file;
}

/** Where the plugin of a file in the plugin directory answers. Throws `plugin.unreachable` for a `.listen` of another place. */
export async function pluginAddress(path: string): Promise<Address> {
  if (!path.endsWith(".listen")) return { kind: "unix", path };
  const text = await readFile(path, "utf8").catch((thrown: unknown) => {
    throw unreachable(path, messageOf(thrown));
  });
  if (text.length > MAX_URL) throw unreachable(path, "it holds no URL");
  return listenAddress(path, text.trim());
}

function listenAddress(path: string, text: string): Address {
  const url = URL.parse(text);
  if (url === null) throw unreachable(path, "it holds no URL");
  if (url.protocol === "unix:") return { kind: "unix", path: decodeURIComponent(url.pathname) };
  if (url.protocol !== "tcp:") throw unreachable(path, `${url.protocol}// is not spoken here, only unix:// and tcp://`);
  if (!isLoopback(url.hostname)) throw unreachable(path, `${url.hostname} is not on this machine's loopback`);
  return { kind: "tcp", host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(url.port) };
}

function isLoopback(host: string): boolean {
  return host === "[::1]" || host === "localhost" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function unreachable(path: string, detail: string): MusterError {
  return new MusterError("plugin.unreachable", { name: pluginName(path), socket: path, detail });
}
