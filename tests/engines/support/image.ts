import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { raw } from "./raw.ts";

/** An image that comes from no registry: busybox, and one user besides root. */
export const IMAGE = "localhost/muster-test:1";

/** Builds the image in a folder and gives it to the engine. */
export async function importImage(socket: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "muster-image-"));
  try {
    layOut(root);
    const { id } = await imported(socket, root);
    // Podman gives a new image the tag `latest`, whatever it is told.
    await raw(socket, "POST", `/images/${id}/tag?repo=${repository}&tag=${tag}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const [repository = "", tag = ""] = splitLast(IMAGE);

function layOut(root: string): void {
  const busybox = join(root, "bin/busybox");
  for (const name of ["bin", "etc", "tmp"]) mkdirSync(join(root, name));
  copyFileSync(execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim(), busybox);
  for (const name of execFileSync(busybox, ["--list"], { encoding: "utf8" }).trim().split("\n")) {
    if (name !== "busybox") symlinkSync("busybox", join(dirname(busybox), name));
  }
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000:Ann:/tmp:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\nann:x:1000:\n");
}

async function imported(socket: string, root: string): Promise<{ readonly id: string }> {
  const tar = spawn("tar", ["-C", root, "-c", "."], { stdio: ["ignore", "pipe", "inherit"] });
  const path = `/images/create?fromSrc=-&repo=${repository}&tag=${tag}`;
  const answer = await raw(socket, "POST", path, tar.stdout);
  const id = /sha256:[0-9a-f]{64}/.exec(answer)?.[0];
  if (id === undefined) throw new Error(`the image was not taken: ${answer}`);
  return { id };
}

function splitLast(image: string): readonly string[] {
  const at = image.lastIndexOf(":");
  return [image.slice(0, at), image.slice(at + 1)];
}
