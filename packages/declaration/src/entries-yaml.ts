/** Entries as YAML. */
import { Document, isMap, isScalar, type YAMLMap } from "yaml";
import { oneLine, type ResourceEntry, resourcesOf } from "./entries.ts";

export function yamlText(entries: readonly ResourceEntry[]): string {
  const document = new Document({ resources: resourcesOf(entries) });
  for (const { type, name, notes } of entries) {
    const named = document.getIn(["resources", type]);
    if (isMap(named)) putNotes(named, name, notes);
  }
  // A line that is broken elsewhere than where it ends is another text to whoever reads it.
  return document.toString({ lineWidth: 0 });
}

function putNotes(named: YAMLMap, name: string, notes: readonly string[]): void {
  const key = named.items.find((pair) => isScalar(pair.key) && pair.key.value === name)?.key;
  if (isScalar(key) && notes.length > 0) key.commentBefore = notes.map((note) => ` ${oneLine(note)}`).join("\n");
}
