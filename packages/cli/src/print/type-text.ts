/** A type in words: what it is, what it takes and what a change costs, what can be read of it. */
import type { DeclaredPropertyView, ReadPropertyView, SettingView, TypeDetail } from "@muster/daemon";
import type { Printer } from "../cli.ts";
import { paint, plain } from "./paint.ts";
import { table } from "./table.ts";

export function typeText(type: TypeDetail, printer: Pick<Printer, "colors">): string {
  const { properties, outputs, settings, tools } = type;
  return [
    `${paint(printer, "bold", plain(type.name))}  ${plain(type.summary)}\n${knownText(type)}\n`,
    section("PROPERTIES", properties.map(declaredRow), printer),
    section("CAN BE READ ONLY", outputs.map(readRow), printer),
    section("SETTINGS", settings.map(settingRow), printer),
    tools.length === 0 ? "" : `\n${paint(printer, "bold", "TOOLS")}  ${tools.join(", ")}\n`,
  ].join("");
}

export function propertyText(type: TypeDetail, property: DeclaredPropertyView): string {
  const { name, kind, meaning, required } = property;
  const naming = type.naming === name ? ", the name of the resource unless told" : "";
  return lines([
    `${type.name}.${name}  ${kind}${required ? ", required" : ""}${naming}`,
    meaning,
    ...(property.default === undefined ? [] : [`unless told: ${JSON.stringify(property.default)}`]),
    ...(property.effect === undefined ? [] : [`a change of it: ${EFFECTS[property.effect]}`]),
    ...(property.irreversible === true ? ["a change of it can never be taken back"] : []),
    ...(property.unreadable === true ? ["it is never shown again, and does not drift"] : []),
  ]);
}

export function readText(type: TypeDetail, { name, kind, meaning }: ReadPropertyView): string {
  return lines([`${type.name}.${name}  ${kind}`, meaning, "it can be read, and never declared"]);
}

const EFFECTS: Readonly<Record<NonNullable<DeclaredPropertyView["effect"]>, string>> = {
  "in-place": "in place",
  restart: "in place, and it is restarted",
  replace: "another one takes its place",
  impossible: "is impossible",
};

function knownText({ known, naming, groups, family, plugin }: TypeDetail): string {
  const how = {
    tags: "known by marks that it bears",
    claim: "known by a claim in the store",
    task: "a task: nothing of it stays",
  };
  return [
    how[known],
    ...(naming === undefined ? [] : [`named by \`${plain(naming)}\``]),
    groups ? "for resources and groups" : "for resources",
    ...(family === undefined ? [] : [`of the family ${plain(family)}`]),
    ...(plugin === undefined ? [] : [`served by the plugin ${plain(plugin)}`]),
  ].join(" · ");
}

function section(title: string, rows: readonly (readonly string[])[], printer: Pick<Printer, "colors">): string {
  if (rows.length === 0) return "";
  const text = table(rows.map((row) => row.map(plain)));
  return `\n${paint(printer, "bold", title)}\n${text.replaceAll(/^/gm, "  ").trimEnd()}\n`;
}

function declaredRow(property: DeclaredPropertyView): readonly string[] {
  const notes = [
    ...(property.effect === undefined ? [] : [property.effect]),
    ...(property.irreversible === true ? ["irreversible"] : []),
    ...(property.unreadable === true ? ["unreadable"] : []),
  ];
  const [name = "", kind = "", meaning = ""] = settingRow(property);
  return [name, kind, notes.join(", "), meaning];
}

function settingRow(setting: SettingView): readonly string[] {
  const unlessTold = setting.default === undefined ? "" : ` (${JSON.stringify(setting.default)} unless told)`;
  return [setting.name, `${setting.kind}${setting.required ? ", required" : ""}`, setting.meaning + unlessTold];
}

function readRow({ name, kind, meaning }: ReadPropertyView): readonly string[] {
  return [name, kind, meaning];
}

function lines([head = "", ...others]: readonly string[]): string {
  const shown = others.filter((line) => line !== "").map((line) => `  ${plain(line)}\n`);
  return `${plain(head)}\n${shown.join("")}`;
}
