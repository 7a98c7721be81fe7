/** Files that follow groups: their content names members, or a command checks them or is told of a change. */
import {
  type Command,
  type FrontFile,
  isObject,
  type Json,
  type JsonObject,
  type Notify,
  nearest,
} from "@muster/model";
import { readDuration } from "./durations.ts";
import { formOf } from "./form.ts";
import { isOwnWord } from "./own-words.ts";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";
import { checkKeys, noteMissingKey, noteUnknownKey, readMapping, readText, readTexts, wrongKind } from "./values.ts";

const FILE_KEYS = ["content", "mode", "owner", "group", "check", "notify"];
const COMMAND_KEYS = ["command", "timeout"];
const NOTIFY_KEYS = [...COMMAND_KEYS, "settle"];

/** What stands for the path of the new content in the command of a check. */
const NEW_FILE = "${file}";
/** A command that is not told otherwise may take so long, in milliseconds. */
const COMMAND_MS = 10_000;
/** A reload is often only begun when its command ends: old workers go on for a moment. In milliseconds. */
const SETTLE_MS = 1_000;

/** Why an entry of files is one that follows groups, in words; undefined where it is a resource like others. */
export function followsGroups(file: JsonObject, groups: readonly string[]): string | undefined {
  if (typeof file["content"] === "string" && namesGroup(file["content"], groups)) return "content that names a group";
  if (file["check"] !== undefined) return "a `check`";
  return isObject(file["notify"]) ? "a `notify` with a command" : undefined;
}

/**
 * Any other text is taken as it is: `{{` is written in many languages. A slip of the hand (`{{#each group.web}}`) is none of
 * them, and is told as what it is where the text is read.
 */
function namesGroup(content: string, groups: readonly string[]): boolean {
  if (!content.includes("{{")) return false;
  return [...content.matchAll(/\{\{\s*#\s*\w+\s+([^\s{}]+)\s*\}\}/g)].some(([, asked = ""]) => {
    const [first = "", ...others] = asked.split(".");
    if (others.length === 0) return groups.includes(asked);
    return nearest(first, ["groups"]) !== undefined;
  });
}

/** @param why what makes it such a file */
export function readFrontFile(
  file: JsonObject,
  why: string,
  name: string,
  path: Path,
  problems: Problems,
): FrontFile | undefined {
  for (const key of Object.keys(file)) {
    if (FILE_KEYS.includes(key)) continue;
    if (isOwnWord(key)) problems.add("declaration.not-for-front", { key, file: name, why }, [...path, key], "key");
    else noteUnknownKey(key, path, FILE_KEYS, problems);
  }
  const at = (key: string): Path => [...path, key];
  const optional = <T>(key: string, read: (value: Json, path: Path, problems: Problems) => T | undefined) => {
    const found = file[key];
    const given = found === undefined ? undefined : read(found, at(key), problems);
    return given === undefined ? {} : { [key]: given };
  };
  if (file["content"] === undefined) {
    noteMissingKey("content", "the text of the file", path, problems);
    return undefined;
  }
  const text = readText(file["content"], at("content"), problems);
  if (text === undefined) return undefined;
  const content = formOf(text, ({ at: within, detail, fix }) =>
    problems.add("declaration.bad-content", { what: name, detail, fix }, at("content"), "value", within),
  );
  return {
    ...{ path: name, content },
    ...optional("mode", readText),
    ...optional("owner", readText),
    ...optional("group", readText),
    ...optional("check", readCheck),
    ...optional("notify", readNotify),
  };
}

function readCheck(value: Json, path: Path, problems: Problems): Command | undefined {
  const mapping = readMapping(value, path, problems);
  if (mapping === undefined) return undefined;
  checkKeys(mapping, path, COMMAND_KEYS, [], problems);
  const check = readCommand(mapping, path, problems);
  if (check === undefined || check.command.some((word) => word.includes(NEW_FILE))) return check;
  return wrongKind([...check.command], `a list with \`${NEW_FILE}\` in it`, [...path, "command"], problems);
}

function readNotify(value: Json, path: Path, problems: Problems): Notify | undefined {
  const mapping = readMapping(value, path, problems);
  if (mapping === undefined) return undefined;
  checkKeys(mapping, path, NOTIFY_KEYS, [], problems);
  const command = readCommand(mapping, path, problems);
  const { settle } = mapping;
  const settleMs = settle === undefined ? SETTLE_MS : readDuration(settle, 0, [...path, "settle"], problems);
  return command === undefined || settleMs === undefined ? undefined : { ...command, settleMs };
}

function readCommand({ command: words, timeout }: JsonObject, path: Path, problems: Problems): Command | undefined {
  if (words === undefined) {
    noteMissingKey("command", "a program and its arguments, such as `[nginx, -s, reload]`", path, problems);
    return undefined;
  }
  const [program, ...others] = readTexts(words, [...path, "command"], problems) ?? [];
  const timeoutMs = timeout === undefined ? COMMAND_MS : readDuration(timeout, 1, [...path, "timeout"], problems);
  if (program === undefined || program === "") {
    return wrongKind(words, "a list that begins with a program", [...path, "command"], problems);
  }
  if ([program, ...others].some((word) => word.includes("\0"))) {
    return wrongKind(words, "texts without the character 0", [...path, "command"], problems);
  }
  return timeoutMs === undefined ? undefined : { command: [program, ...others], timeoutMs };
}
