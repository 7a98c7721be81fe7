import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packagesOf } from "./debian.ts";
import { openRoom } from "./test/room.ts";

describe("the package of a file", () => {
  it("is found under either name of a directory that is a link now", () => {
    const room = openRoom();
    room.write("info/busybox-static.list", "/.\n/bin\n/bin/busybox\n/usr/share/doc\n");
    room.write("info/libx:amd64.list", "/usr/lib/libx.so\n");
    room.write(
      "status",
      "Package: busybox-static\nVersion: 1:1.35\nArchitecture: amd64\n\nPackage: libx\nVersion: 2\nArchitecture: amd64\n",
    );
    const found = packagesOf(["/usr/bin/busybox", "/lib/libx.so", "/usr/bin/other"], room.dir);
    expect([...found]).toEqual([
      ["/usr/bin/busybox", { name: "busybox-static", version: "1:1.35", architecture: "amd64" }],
      ["/lib/libx.so", { name: "libx", version: "2", architecture: "amd64" }],
    ]);
  });

  it("is none on a machine without dpkg, and of a package that is known no more", () => {
    const room = openRoom();
    expect(packagesOf(["/bin/sh"], join(room.dir, "none")).size).toBe(0);
    room.write("info/gone.list", "/bin/sh\n");
    room.write("status", "");
    expect(packagesOf(["/bin/sh"], room.dir).size).toBe(0);
  });

  it("is found in dpkg's own records, where there are any", ({ skip }) => {
    if (!existsSync("/var/lib/dpkg/info/dpkg.list")) skip("there is no dpkg here");
    expect(packagesOf(["/usr/bin/dpkg"], "/var/lib/dpkg").get("/usr/bin/dpkg")).toMatchObject({ name: "dpkg" });
  });
});
