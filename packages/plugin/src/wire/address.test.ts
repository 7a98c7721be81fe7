import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../testing/sockets.ts";
import { pluginAddress, pluginName } from "./address.ts";

describe("a file in the plugin directory", () => {
  it("gives the plugin its name", () => {
    expect(pluginName("/p/instance-file")).toBe("instance-file");
    expect(pluginName("/p/instance-file.sock")).toBe("instance-file");
    expect(pluginName("/p/vanilla.v2.sock")).toBe("vanilla");
    expect(pluginName("/p/aws.eu")).toBe("aws.eu");
    expect(pluginName("/p/group-stateless.listen")).toBe("group-stateless");
  });

  it("is where the plugin answers, or says where", async () => {
    expect(await pluginAddress("/p/herd")).toEqual({ kind: "unix", path: "/p/herd" });
    const file = join(await temporaryFolder(), "herd.listen");
    const listed = async (text: string) => {
      await writeFile(file, text);
      return pluginAddress(file);
    };
    expect(await listed("unix:///run/herd\n")).toEqual({ kind: "unix", path: "/run/herd" });
    expect(await listed("tcp://127.0.0.1:24864")).toEqual({ kind: "tcp", host: "127.0.0.1", port: 24864 });
    expect(await listed("tcp://[::1]:24864")).toEqual({ kind: "tcp", host: "::1", port: 24864 });
  });

  it.each(["tcp://10.0.0.1:1", "tcp://127.evil.example:1", "tcp://0.0.0.0:1", "https://127.0.0.1/", "hello", ""])(
    "is refused when it points to %j",
    async (text) => {
      const file = join(await temporaryFolder(), "herd.listen");
      await writeFile(file, text);
      await expect(pluginAddress(file)).rejects.toMatchObject({ code: "plugin.unreachable" });
    },
  );
});
