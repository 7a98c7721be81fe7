/** What a path leads through, from the top, itself left out: for `restsOn` of a type. `/` is always there. */
export function directoriesAbove(path: string): readonly string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, at) => `/${parts.slice(0, at + 1).join("/")}`);
}
