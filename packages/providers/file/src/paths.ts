/** Paths as they are declared. There is one spelling of each: two would be one thing that two declarations hold. */
import { normalize } from "node:path";
import { ProviderError } from "@muster/plugin";

/**
 * The path, when it is spelled as it should be. Throws `invalid` where it is not, and where it is not below the root.
 *
 * @param root itself spelled so
 */
export function plainPath(path: string, root: string | undefined): string {
  const plain = withoutSlash(normalize(path));
  if (root !== undefined && !isBelow(plain, root)) throw refused(`${path} is outside of ${root}`);
  if (!plain.startsWith("/")) throw refused(`${path} is not an absolute path`);
  if (plain === "/") throw refused(`${path} is the whole file system`);
  if (plain !== path) throw refused(`write ${plain} for ${path}`);
  return path;
}

function refused(message: string): ProviderError {
  return new ProviderError("invalid", message, { property: "path" });
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function isBelow(path: string, root: string): boolean {
  return root === "/" ? path.startsWith("/") && path !== "/" : path.startsWith(`${root}/`);
}
