/** Who may do what. */

/** Rights as `droplet:read`; `*` stands for any word on its side, alone for everything. */
export type Rights = readonly string[];

export const EVERYTHING: Rights = ["*"];
export const READING: Rights = ["*:read"];

export function mayDo(rights: Rights, scope: string): boolean {
  const [thing, verb] = scope.split(":");
  return rights.some((right) => {
    if (right === "*") return true;
    const [onThing, toDo] = right.split(":");
    return (onThing === "*" || onThing === thing) && (toDo === "*" || toDo === verb);
  });
}

/** The token of a request, by its header. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^bearer (\S+)$/i.exec(header ?? "")?.[1];
}
