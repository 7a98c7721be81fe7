import { z } from "zod";
import { attributeProperties, pathProperty, rootSettings } from "./attribute-properties.ts";

export const directoryProperties = z.strictObject({
  path: pathProperty("directory"),
  ...attributeProperties("directory", "0755"),
});
export type DirectoryProperties = z.infer<typeof directoryProperties>;

export const directorySettings = rootSettings("Directories");
export type DirectorySettings = z.infer<typeof directorySettings>;
