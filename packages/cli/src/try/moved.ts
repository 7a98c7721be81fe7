/** Paths of files that a copy has elsewhere: wherever the stack mentions one, it means the one of the copy. */

export interface Moved {
  readonly path: string;
  /** Whatever lies in a directory goes with it. */
  readonly isDirectory: boolean;
}

/**
 * A text in which every one of these paths lies below another directory. A path counts where it stands by itself: the end
 * of a longer one, of a URL or of an address (`file./etc/motd`) is none.
 */
export function mover(moved: readonly Moved[], below: string): (text: string) => string {
  if (moved.length === 0) return (text) => text;
  const longestFirst = moved.toSorted((a, b) => b.path.length - a.path.length);
  const one = longestFirst.map(({ path, isDirectory }) => `${escaped(path)}${isDirectory ? "" : "(?!/)"}`);
  // What lies there already stays: a directory that holds everything else holds the copy too.
  const found = new RegExp(`(?<![\\w./-])(?:(${escaped(below)})|(?:${one.join("|")})(?![\\w.-]))`, "g");
  return (text) => text.replaceAll(found, (path, there?: string) => (there === undefined ? below + path : path));
}

function escaped(path: string): string {
  return path.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
