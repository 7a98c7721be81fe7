import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { containerSettingsIn, socketOf } from "./settings.ts";
import { freshFolder } from "./test/answers.ts";

describe("the engine", () => {
  it("is the one that is named", () => {
    expect(socketIn({}, { host: "unix:///run/engine.sock" })).toBe("/run/engine.sock");
    expect(socketIn({ DOCKER_HOST: "unix:///other.sock" }, { host: "/run/engine.sock" })).toBe("/run/engine.sock");
  });

  it("is DOCKER_HOST's where none is named", () => {
    expect(socketIn({ DOCKER_HOST: "unix:///run/engine.sock" })).toBe("/run/engine.sock");
  });

  it("is a usual one where nobody says anything", async () => {
    const folder = freshFolder();
    const found = socketIn({ XDG_RUNTIME_DIR: folder });
    // Another may be there on this machine, and comes first.
    expect(["/var/run/docker.sock", "/run/podman/podman.sock"]).toContain(found);
    const server = createServer().listen(join(folder, "docker.sock"));
    onTestFinished(() => {
      server.close();
    });
    await new Promise((resolve) => server.once("listening", resolve));
    expect(["/var/run/docker.sock", join(folder, "docker.sock")]).toContain(socketIn({ XDG_RUNTIME_DIR: folder }));
  });

  it.each(["tcp://10.0.0.1:2375", "ssh://host", "http://localhost", "docker.sock", ""])("cannot be %j", (host) => {
    const read = containerSettingsIn({}).safeParse({ host });
    expect(read.error?.issues[0]?.message).toContain("unix:///PATH or an absolute path");
  });

  it("cannot be DOCKER_HOST's where that is over the network", () => {
    const read = containerSettingsIn({ DOCKER_HOST: "tcp://10.0.0.1:2375" }).safeParse({});
    expect(read.error?.issues[0]?.message).toContain("its socket can be forwarded");
  });
});

function socketIn(env: Readonly<Record<string, string>>, settings: object = {}): string {
  return socketOf(containerSettingsIn(env).parse(settings));
}
