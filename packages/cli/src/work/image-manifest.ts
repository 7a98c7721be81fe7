import { dirname, resolve } from "node:path";
import { dataBySchema, readDocument } from "@muster/declaration";
import { isManifest, type Manifest, manifestSchema } from "@muster/image";
import { MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";

/** A manifest that is in order, and the directory that its paths begin in. */
export interface ReadManifest {
  readonly manifest: Manifest;
  readonly directory: string;
}

/** Throws MusterError or MusterErrors of the family `declaration`, with file, line and column where there are any. */
export async function readManifest(cli: Cli, file: string): Promise<ReadManifest> {
  const source = await readDocument(file, {
    sdk: import.meta.resolve("@muster/sdk"),
    env: cli.env,
    print: cli.err.write,
  });
  if (!isManifest(source.data)) {
    const words = { key: "image", wanted: "a name: this is no manifest of an image without one" };
    throw new MusterError("declaration.missing-key", words, { place: source.locate([], "value") });
  }
  const manifest = dataBySchema(source, manifestSchema, "image", "declaration.bad-manifest");
  return { manifest, directory: dirname(resolve(cli.cwd, file)) };
}
