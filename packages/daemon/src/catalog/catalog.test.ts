import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { Readable } from "node:stream";
import { conditionOf, isConverged, type Status } from "@muster/model";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Daemon, PluginView } from "../index.ts";
import { type Child, startChild } from "../test/child.ts";
import { infrakitGroup, webStack } from "../test/documents.ts";
import { namesIn } from "../test/folder-type.ts";
import { newRoom, type Room } from "../test/room.ts";

const FILE = "/stacks/shop.yaml";
/** What is to be noticed within a second, with room for a busy machine. */
const SOON = { timeout: 2_000, interval: 20 };

describe("a plugin", () => {
  it("is noticed within a second when it appears, and when it vanishes", async () => {
    const room = newRoom();
    const daemon = await room.start();
    expect(names(daemon)).toEqual(["muster"]);

    const plugin = await startPlugin(room, "shelf");
    await vi.waitFor(
      () => expect(view(daemon, "shelf")).toMatchObject({ state: "connected", dialect: "muster" }),
      SOON,
    );
    expect(view(daemon, "shelf")?.types).toEqual([{ name: "shelf", summary: "a file per instance" }]);

    await plugin.end("SIGTERM");
    await vi.waitFor(() => expect(names(daemon)).toEqual(["muster"]), SOON);
  });

  it("is noticed though the plugin directory was removed and made anew", async () => {
    const room = newRoom();
    const daemon = await room.start();
    rmSync(room.path("plugins"), { recursive: true });
    await startPlugin(room, "shelf");
    await vi.waitFor(() => expect(view(daemon, "shelf")?.state).toBe("connected"), { timeout: 3_000, interval: 20 });
  });

  it("keeps a group of its own type", async () => {
    const room = newRoom();
    await startPlugin(room, "shelf");
    const daemon = await room.start();
    await daemon.apply(webStack(2, { shelf: {} }), FILE, "user:ada");
    await converged(daemon);
    expect(namesIn(room.path("shelf"))).toHaveLength(2);
  });

  it("has the consoles and the tools of its types, and none of them while it is away", async () => {
    const room = newRoom();
    const plugin = await startPlugin(room, "shelf");
    const daemon = await room.start();
    await daemon.apply(webStack(1, { shelf: {} }), FILE, "user:ada");
    await converged(daemon);
    const [member = ""] = namesIn(room.path("shelf"));
    const [keeper] = daemon.keepers();
    const { signal } = new AbortController();
    const linked = keeper?.tool("web", member, { tool: "link", argument: "down" }, "user:ada", signal);
    expect(await text(linked)).toBe("");
    const shown = () => keeper?.console("web", member, { follow: false }, "user:ada", signal);
    expect(await text(shown())).toBe("link down\n");
    const other = text(keeper?.tool("web", member, { tool: "core" }, "user:ada", signal));
    await expect(other).rejects.toMatchObject({ code: "instance.cannot" });
    await plugin.end("SIGTERM");
    await expect(text(shown())).rejects.toMatchObject({ code: "instance.failed" });
  });

  it("holds up its own groups while it is away, and nothing else; and they go on when it is back", async () => {
    const room = newRoom();
    const plugin = await startPlugin(room, "shelf");
    const daemon = await room.start();
    await daemon.apply(webStack(2, { shelf: {} }), FILE, "user:ada");
    await daemon.apply(webStack(1, { "instance-file": {} }, "other"), FILE, "user:ada");
    await converged(daemon);
    await converged(daemon, "other");

    await plugin.end("SIGTERM");

    await vi.waitFor(() => expect(stalled(daemon)).toMatchObject({ holds: true, reason: "look.unavailable" }), SOON);
    expect(stalled(daemon)?.message).toContain("its socket is gone");
    expect(isConverged(statusOf(daemon, "other"))).toBe(true);

    await startPlugin(room, "shelf");
    await converged(daemon);
    expect(namesIn(room.path("shelf"))).toHaveLength(2);
  });

  it("that is replaced is used from then on", async () => {
    const room = newRoom();
    const before = await startPlugin(room, "shelf");
    const daemon = await room.start();
    await daemon.apply(webStack(1, { shelf: {} }), FILE, "user:ada");
    await converged(daemon);

    // As a package manager does it: the new one is moved into the place of the old one, which still runs and must not be
    // asked any more: it is stopped.
    const after = await startPlugin(room, "shelf", room.path("elsewhere", "shelf"), room.path("shelf"));
    renameSync(room.path("elsewhere", "shelf"), room.path("plugins", "shelf"));
    before.process.kill("SIGSTOP");
    const [first = ""] = namesIn(room.path("shelf"));
    rmSync(room.path("shelf", first));

    await vi.waitFor(() => expect(namesIn(room.path("shelf"))).toHaveLength(1), SOON);
    expect(namesIn(room.path("shelf"))).not.toContain(first);
    expect(after.process.exitCode).toBe(null);
    before.process.kill("SIGCONT");
  });

  it("that comes back in another place makes its groups wait: nothing is made there a second time", async () => {
    const room = newRoom();
    const before = await startPlugin(room, "shelf");
    const daemon = await room.start();
    await daemon.apply(webStack(1, { shelf: {} }), FILE, "user:ada");
    await converged(daemon);
    await before.end("SIGTERM");

    await startPlugin(room, "shelf", room.path("plugins", "shelf"), room.path("shelf-2"));

    await vi.waitFor(() => expect(stalled(daemon)).toMatchObject({ reason: "provider.elsewhere" }), SOON);
    expect(namesIn(room.path("shelf-2"))).toEqual([]);
    expect(namesIn(room.path("shelf"))).toHaveLength(1);
  });

  it("that hangs is told apart, its groups say why they wait, and they go on when it answers again", async () => {
    const room = newRoom();
    const plugin = await startPlugin(room, "shelf");
    const daemon = await room.start();
    await daemon.apply(webStack(1, { shelf: {} }), FILE, "user:ada");
    await converged(daemon);

    plugin.process.kill("SIGSTOP");
    await vi.waitFor(() => expect(view(daemon, "shelf")?.state).toBe("hangs"), { timeout: 6_000, interval: 50 });
    await vi.waitFor(() => expect(stalled(daemon)?.message).toContain("did not answer a probe within 3 s"), SOON);
    await expect(daemon.apply(webStack(2, { shelf: {} }), FILE, "user:ada")).rejects.toThrow("did not answer a probe");

    plugin.process.kill("SIGCONT");
    await vi.waitFor(() => expect(view(daemon, "shelf")?.state).toBe("connected"), { timeout: 6_000, interval: 50 });
    await converged(daemon);
    expect(namesIn(room.path("shelf"))).toHaveLength(1);
  });

  it("that takes long over a call does not hang", async () => {
    const room = newRoom();
    await startPlugin(room, "shelf", undefined, undefined, 6_000);
    const daemon = await room.start();
    const states = new Set<string>();
    const watching = setInterval(() => states.add(view(daemon, "shelf")?.state ?? "gone"), 100);
    await daemon.apply(webStack(1, { shelf: {} }), FILE, "user:ada");
    await converged(daemon, "shop", 12_000);
    clearInterval(watching);
    expect([...states]).toEqual(["connected"]);
    expect(namesIn(room.path("shelf"))).toHaveLength(1);
  });

  it("that was killed leaves a stale socket, which is shown as such and blocks nothing", async () => {
    const room = newRoom();
    const plugin = await startPlugin(room, "shelf");
    await plugin.end("SIGKILL");
    expect(existsSync(room.path("plugins", "shelf"))).toBe(true);

    const daemon = await room.start();

    await daemon.apply(webStack(1), FILE, "user:ada");
    await converged(daemon);
    await vi.waitFor(() => expect(view(daemon, "shelf")?.state).toBe("stale"), SOON);
    expect(view(daemon, "shelf")?.detail).toContain("ECONNREFUSED");
    expect(room.notices).toEqual([{ kind: "plugin", message: expect.stringContaining("ECONNREFUSED") }]);
    await startPlugin(room, "shelf");
    await vi.waitFor(() => expect(view(daemon, "shelf")?.state).toBe("connected"), SOON);
  });

  it("that does not listen yet is waited for without a word", async () => {
    const room = newRoom();
    const socket = room.path("elsewhere", "shelf");
    await startPlugin(room, "shelf", socket);
    const daemon = await room.start();
    const port = await freePort();
    writeFileSync(room.path("plugins", "shelf.listen"), `tcp://127.0.0.1:${port}\n`);
    await vi.waitFor(() => expect(view(daemon, "shelf")?.detail).toContain("ECONNREFUSED"), SOON);
    expect(view(daemon, "shelf")?.state).toBe("connecting");

    const server = createServer((near) => near.pipe(connect(socket)).pipe(near)).listen(port, "127.0.0.1");
    onTestFinished(() => void server.close());

    await vi.waitFor(() => expect(view(daemon, "shelf")?.state).toBe("connected"), SOON);
    expect(room.notices).toEqual([{ kind: "plugin", message: "plugin shelf answers" }]);
  });

  it("that answers nothing of use is refused, and says why", async () => {
    const room = newRoom();
    const daemon = await room.start();
    await startChild("rubbish-process.ts", room.path("plugins", "odd"));
    await vi.waitFor(() => expect(view(daemon, "odd")).toMatchObject({ state: "refused" }), SOON);
    expect(view(daemon, "odd")?.detail).toContain("cannot be used");
  });

  it("is no plugin when it is a plain file", async () => {
    const room = newRoom();
    mkdirSync(room.path("plugins"), { mode: 0o700 });
    writeFileSync(room.path("plugins", "shelf.pid"), "1");
    copyFileSync(import.meta.filename, room.path("plugins", "notes"));
    expect(names(await room.start())).toEqual(["muster"]);
  });
});

describe("a plugin that has the name of what is built in", () => {
  it("wins, and says so", async () => {
    const room = newRoom();
    await startPlugin(room, "instance-file", undefined, room.path("theirs"));
    const daemon = await room.start();
    const message = "plugin instance-file serves the type instance-file: it is used, and the built-in one is not";
    expect(room.notices).toContainEqual({ kind: "shadowed", message });
    await daemon.apply(webStack(1), FILE, "user:ada");
    await converged(daemon);
    expect(namesIn(room.path("theirs"))).toHaveLength(1);
    expect(existsSync(room.path("instances"))).toBe(false);
  });

  it("keeps the name while it is away: nothing is made elsewhere in its place", async () => {
    const room = newRoom();
    const plugin = await startPlugin(room, "instance-file", undefined, room.path("theirs"));
    const daemon = await room.start();
    await daemon.apply(webStack(1), FILE, "user:ada");
    await converged(daemon);
    await plugin.end("SIGKILL");
    unlinkSync(room.path("plugins", "instance-file"));
    await vi.waitFor(() => expect(stalled(daemon)?.holds).toBe(true), SOON);
    expect(existsSync(room.path("instances"))).toBe(false);
  });

  it("is found by its socket's name in an InfraKit document", async () => {
    const room = newRoom();
    await startPlugin(room, "shelf", room.path("plugins", "file"), room.path("theirs"));
    const daemon = await room.start();
    await daemon.apply(infrakitGroup("garethr", 1, "file"), FILE, "user:ada");
    await converged(daemon, "garethr");
    expect(namesIn(room.path("theirs"))).toHaveLength(1);
    expect(existsSync(room.path("instances"))).toBe(false);
  });
});

/** A plugin that serves a type of its own name, out of a directory of that name. */
function startPlugin(
  room: Room,
  name: string,
  socket = room.path("plugins", name),
  dir = room.path(name),
  createMs = 0,
): Promise<Child> {
  return startChild("plugin-process.ts", socket, dir, name, String(createMs));
}

/** A port of this host that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function names(daemon: Daemon): readonly string[] {
  return daemon.plugins().map(({ name }) => name);
}

function view(daemon: Daemon, name: string): PluginView | undefined {
  return daemon.plugins().find((plugin) => plugin.name === name);
}

function statusOf(daemon: Daemon, stack: string): Status {
  const status = daemon
    .keepers()
    .find((keeper) => keeper.stack === stack)
    ?.groups()[0]?.status;
  if (status === undefined) throw new Error(`${stack} has no status yet`);
  return status;
}

function stalled(daemon: Daemon) {
  return conditionOf(statusOf(daemon, "shop"), "Stalled");
}

async function converged(daemon: Daemon, stack = "shop", timeout = 8_000): Promise<void> {
  await vi.waitFor(
    () => {
      const status = statusOf(daemon, stack);
      expect(isConverged(status), JSON.stringify(status)).toBe(true);
    },
    { timeout },
  );
}

async function text(pieces: AsyncIterable<Uint8Array> = Readable.from([])): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
}
