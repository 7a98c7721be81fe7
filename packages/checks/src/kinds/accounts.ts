/** Who there is: `user`, `group`. As the files say; what a directory service knows is not asked. */
import { type Found, found, none } from "../check.ts";
import { type Answer, factOf, type Text } from "../facts.ts";
import type { Kind } from "../kind.ts";
import { nameSubject } from "./subjects.ts";

const PASSWD = "/etc/passwd";
const GROUP = "/etc/group";
const ACCOUNT = /^[A-Za-z_][\w.@-]*\$?$/;
const SAYS = "a name of letters, digits, dots, dashes and underscores";

/** The name that has this number in a table like /etc/passwd; the number itself where none has. */
export function nameOfId(id: number, table: Answer<Text>): Found {
  const lines = linesOf(table);
  if (!Array.isArray(lines)) return lines;
  return found(lines.find((line) => line[2] === String(id))?.[0] ?? String(id));
}

function linesOf(table: Answer<Text>): (readonly string[])[] | Extract<Found, { kind: "unknown" }> {
  if (table.kind === "unknown") return { kind: "unknown", why: table.why };
  if (table.kind === "none") return { kind: "unknown", why: "there is no table of accounts" };
  if (!table.value.whole) return { kind: "unknown", why: "the table of accounts is longer than what is read" };
  return table.value.text.split("\n").map((line) => line.split(":"));
}

export const user = {
  summary: "A user, as /etc/passwd has it",
  subject: nameSubject("Its name", ACCOUNT, SAYS),
  options: {},
  properties: {
    exists: { is: "flag", meaning: "There is such a user" },
    uid: { is: "number", meaning: "Its number" },
    gid: { is: "number", meaning: "The number of its first group" },
    home: { is: "text", meaning: "Its directory" },
    shell: { is: "text", meaning: "What it logs in to" },
    groups: { is: "texts", meaning: "The names of its groups, the first one too" },
  },
  asking: {
    where: "target",
    needs: ({ properties }) => [
      { ask: "read", of: PASSWD },
      ...(properties.has("groups") ? [{ ask: "read", of: GROUP } as const] : []),
    ],
    found(property, { subject }, facts) {
      const lines = linesOf(factOf(facts, "read", PASSWD));
      if (!Array.isArray(lines)) return lines;
      const line = lines.find(([name]) => name === subject);
      if (property === "exists") return found(line !== undefined);
      if (line === undefined) return none(`there is no user ${subject}`);
      const [, , uid, gid, , home = "", shell = ""] = line;
      switch (property) {
        case "uid":
          return found(Number(uid));
        case "gid":
          return found(Number(gid));
        case "home":
          return found(home);
        case "shell":
          return found(shell);
        default:
          return groupsOf(String(subject), gid ?? "", factOf(facts, "read", GROUP));
      }
    },
  },
} as const satisfies Kind;

function groupsOf(user: string, gid: string, table: Answer<Text>): Found {
  const lines = linesOf(table);
  if (!Array.isArray(lines)) return lines;
  const own = lines.filter(([, , id, members = ""]) => id === gid || members.split(",").includes(user));
  return found(own.map(([name = ""]) => name).toSorted());
}

export const group = {
  summary: "A group, as /etc/group has it",
  subject: nameSubject("Its name", ACCOUNT, SAYS),
  options: {},
  properties: {
    exists: { is: "flag", meaning: "There is such a group" },
    gid: { is: "number", meaning: "Its number" },
    members: { is: "texts", meaning: "The users that it names" },
  },
  asking: {
    where: "target",
    needs: () => [{ ask: "read", of: GROUP }],
    found(property, { subject }, facts) {
      const lines = linesOf(factOf(facts, "read", GROUP));
      if (!Array.isArray(lines)) return lines;
      const line = lines.find(([name]) => name === subject);
      if (property === "exists") return found(line !== undefined);
      if (line === undefined) return none(`there is no group ${subject}`);
      if (property === "gid") return found(Number(line[2]));
      return found((line[3] ?? "").split(",").filter(Boolean).toSorted());
    },
  },
} as const satisfies Kind;
