import { stackOf } from "@muster/declaration";
import type { JsonObject } from "@muster/model";
import { describe, expect, it } from "vitest";
import { copyOf } from "./copy.ts";
import { meetingsIn } from "./meeting.ts";

const apart = { stack: "shop-try-a1b2c3", id: "a1b2c3", files: "/t/a1b2c3/files", naming: { droplet: "name" } };

function copied(data: JsonObject) {
  return copyOf(data, stackOf({ dialect: "muster", data }), apart);
}

describe("a copy of a stack", () => {
  it("has another name, and none of what is only meant for the real one", () => {
    const { data } = copied({
      ...{ stack: "shop", owner: "team", mode: "observe", purge: { file: "destroy" }, try: { asIs: ["web"] } },
      resources: { file: { "/a": { protect: true } } },
    });
    expect(data).toMatchObject({ stack: "shop-try-a1b2c3", owner: "team" });
    expect(Object.keys(data).sort()).toEqual(["owner", "providers", "resources", "stack"]);
    expect(data["resources"]).toEqual({ file: { "/a": { path: "/t/a1b2c3/files/a" } } });
  });

  it("has its files below its own directory, wherever they are spoken of", () => {
    const { data, places } = copied({
      stack: "shop",
      resources: {
        file: {
          "/etc/app.conf": { content: "see /etc/app.conf.d and /etc/app.conf\n" },
          greeting: { path: "/srv/hello", content: "${file./etc/app.conf.content}" },
        },
        directory: { "/srv": {} },
      },
      groups: {
        web: {
          size: 1,
          template: { process: { command: "/usr/bin/app", args: ["--config=/etc/app.conf"], cwd: "/srv/www" } },
        },
        page: { members: ["home"], template: { file: { path: "/srv/{id}.html", content: "x" } } },
      },
      checks: [
        { file: "/srv/home.html", exists: true },
        { http: "http://127.0.0.1/srv/home.html", status: 200 },
      ],
    });
    expect(data).toMatchObject({
      resources: {
        file: {
          "/etc/app.conf": { content: "see /etc/app.conf.d and /t/a1b2c3/files/etc/app.conf\n" },
          greeting: { path: "/t/a1b2c3/files/srv/hello", content: "${file./etc/app.conf.content}" },
        },
        directory: { "/srv": { path: "/t/a1b2c3/files/srv" } },
      },
      groups: {
        web: {
          template: {
            process: {
              command: "/usr/bin/app",
              args: ["--config=/t/a1b2c3/files/etc/app.conf"],
              cwd: "/t/a1b2c3/files/srv/www",
            },
          },
        },
        page: { template: { file: { path: "/t/a1b2c3/files/srv/{id}.html" } } },
      },
      checks: [{ file: "/t/a1b2c3/files/srv/home.html" }, { http: "http://127.0.0.1/srv/home.html" }],
      providers: { file: { root: "/t/a1b2c3/files" }, directory: { root: "/t/a1b2c3/files" } },
    });
    expect(places.toSorted()).toEqual([
      "/t/a1b2c3/files/etc/app.conf",
      "/t/a1b2c3/files/srv",
      "/t/a1b2c3/files/srv/hello",
      "/t/a1b2c3/files/srv/home.html",
    ]);
  });

  it("moves what lies beside a directory that holds its own only once", () => {
    const { data } = copied({
      stack: "shop",
      resources: { directory: { "/t": {} }, file: { "/t/motd": { content: "/t/motd, and /t/a1b2c3/files/x" } } },
    });
    expect(data["resources"]).toEqual({
      directory: { "/t": { path: "/t/a1b2c3/files/t" } },
      file: { "/t/motd": { path: "/t/a1b2c3/files/t/motd", content: "/t/a1b2c3/files/t/motd, and /t/a1b2c3/files/x" } },
    });
  });

  it("moves a file that follows groups with its key, which is its path", () => {
    const { data, places } = copied({
      stack: "shop",
      resources: { file: { "/etc/door.conf": { content: "{{#each groups.web}}{{id}}{{/each}}" } } },
      groups: { web: { size: 1, template: { "instance-file": {} } } },
    });
    expect(data["resources"]).toEqual({
      file: { "/t/a1b2c3/files/etc/door.conf": { content: "{{#each groups.web}}{{id}}{{/each}}" } },
    });
    expect(places).toEqual(["/t/a1b2c3/files/etc/door.conf"]);
  });

  it("keeps what providers keep apart too, and gives what has a name another one", () => {
    const { data } = copied({
      stack: "shop",
      providers: {
        process: { dir: "/srv/run" },
        jail: { type: "file", root: "/srv/jail" },
        digitalocean: { url: "http://x" },
      },
      resources: { droplet: { web: { region: "a" }, "db-a1b2c3": {} } },
    });
    expect(data["providers"]).toMatchObject({
      process: {},
      jail: { type: "file", root: "/t/a1b2c3/files" },
      digitalocean: { url: "http://x" },
    });
    expect(data["resources"]).toEqual({ droplet: { web: { region: "a", name: "web-a1b2c3" }, "db-a1b2c3": {} } });
  });
});

describe("what a copy would share with the real one", () => {
  const known = new Map([
    ["command", { known: "task", naming: "name" }],
    ["tag", { known: "claim", naming: "name" }],
    ["container", { known: "tags" }],
    ["file", { known: "claim", naming: "path" }],
    ["vm", { known: "tags" }],
  ] as const);

  function met(data: JsonObject, asIs: readonly string[] = []): readonly string[] {
    const stack = stackOf({ dialect: "muster", data: { stack: "shop", ...data } });
    const type = (name: string) => [...known].find(([each]) => each === name)?.[1];
    return meetingsIn(stack, "a1b2c3", asIs, type).map(({ what }) => what);
  }

  it("is what names find, what is done on this machine, and what is written to", () => {
    const resources = {
      command: { reload: { command: ["reload"] }, own: { command: ["touch", "/t/a1b2c3/x"] } },
      tag: { shop: {}, "shop-a1b2c3": {} },
      file: { "/etc/motd": {} },
    };
    const container = (source: string, readOnly = false) => ({
      size: 1,
      template: { container: { image: "x", mounts: [{ source, target: "/data", readOnly }] } },
    });
    const groups = { db: container("data"), cache: container("data", true), own: container("data-a1b2c3") };
    expect(met({ resources, groups })).toEqual(["command.reload", "tag.shop", "db"]);
    expect(met({ resources, groups }, ["command.reload", "db"])).toEqual(["tag.shop"]);
  });

  it("is whoever is told of a file, and a thing that is named by its id", () => {
    const resources = {
      file: { "/etc/door.conf": { content: "x", notify: { command: ["nginx", "-s", "reload"] } } },
      container: { db: { image: "x", id: "c0ffee" } },
    };
    expect(met({ resources })).toEqual(["container.db", "/etc/door.conf"]);
  });
});
