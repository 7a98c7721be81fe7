export * from "./directory.ts";
export * from "./directory-properties.ts";
export * from "./file.ts";
export * from "./file-properties.ts";
export * from "./instance-file.ts";
