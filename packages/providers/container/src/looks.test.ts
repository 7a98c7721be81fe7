import { describe, expect, it } from "vitest";
import { engineAt } from "./engine/engine.ts";
import { labelsOf, looksAt } from "./looks.ts";
import { type Answer, answering, ctx, json } from "./test/answers.ts";

interface Shown {
  state?: string;
  status?: string;
  health?: string;
}

/** An engine with these containers, as they are at the moment of each question. */
async function engineWith(containers: Map<string, Shown>) {
  const answers: Record<string, Answer> = {
    "GET /containers/json": (...call) =>
      json(
        [...containers].map(([Id, { state = "running", status = "Up 2 minutes" }]) => ({
          Id,
          Names: [`/${Id}`],
          State: state,
          Status: status,
          Labels: {},
        })),
      )(...call),
  };
  for (const Id of containers.keys()) {
    answers[`GET /containers/${Id}/json`] = (...call) => {
      const found = containers.get(Id);
      if (found === undefined) return json({ message: "No such container" }, 404)(...call);
      json({
        Id,
        Name: `/${Id}`,
        Created: "2026-01-31T14:03:59Z",
        State: { Status: found.state ?? "running", Health: found.health ? { Status: found.health } : null },
        Config: { Image: "web:1", Labels: { all: "1", "muster.container": Id } },
        HostConfig: {},
      })(...call);
    };
  }
  return answering(answers);
}

const twenty = () => new Map(Array.from({ length: 20 }, (_, at): [string, Shown] => [`c${at}`, {}]));
const all = { all: "1" };

describe("a look", () => {
  it("at twenty that have not changed costs one question", async () => {
    const { socket, asked } = await engineWith(twenty());
    const looks = looksAt(engineAt(socket), () => false);
    expect(await looks.all(all, ctx.signal)).toHaveLength(20);
    expect(asked.splice(0)).toHaveLength(21);
    expect(await looks.all(all, ctx.signal)).toHaveLength(20);
    expect(asked).toEqual(["GET /containers/json"]);
  });

  it("sees closely what changed, and what was heard to", async () => {
    const containers = twenty();
    const { socket, asked } = await engineWith(containers);
    const looks = looksAt(engineAt(socket), () => false);
    await looks.all(all, ctx.signal);
    asked.splice(0);
    containers.set("c3", { state: "exited" });
    containers.set("c4", { status: "Up 3 minutes (unhealthy)", health: "unhealthy" });
    containers.set("c5", { status: "Up 4 minutes" });
    looks.forget("c6");
    const seen = await looks.all(all, ctx.signal);
    expect(asked.splice(0).sort()).toEqual([
      "GET /containers/c3/json",
      "GET /containers/c4/json",
      "GET /containers/c6/json",
      "GET /containers/json",
    ]);
    expect(seen.find(({ id }) => id === "c3")?.phase).toBe("ended");
    expect(seen.find(({ id }) => id === "c4")?.ill).toContain("health check failed");
  });

  it("asks each time about health that the list does not tell", async () => {
    const { socket, asked } = await engineWith(new Map([["c0", { health: "starting" }]]));
    const looks = looksAt(engineAt(socket), () => false);
    for (let time = 0; time < 2; time++) await looks.all(all, ctx.signal);
    expect(asked).toHaveLength(4);
  });

  it("leaves out what went while it was looked at", async () => {
    const containers = twenty();
    const { socket } = await engineWith(containers);
    const looks = looksAt(engineAt(socket), () => false);
    const looking = looks.all(all, ctx.signal);
    containers.delete("c7");
    expect((await looking).map(({ id }) => id)).not.toContain("c7");
  });

  it("calls what is being made here starting, and what somebody left unstarted ended", async () => {
    const made = new Map<string, Shown>([
      ["c0", { state: "created" }],
      ["c1", { state: "created" }],
    ]);
    const { socket, asked } = await engineWith(made);
    const looks = looksAt(engineAt(socket), (name) => name === "c0");
    for (let time = 0; time < 2; time++) {
      expect(await looks.all(all, ctx.signal)).toMatchObject([{ phase: "starting" }, { phase: "ended" }]);
    }
    // It may be started between the list and the closer look: what was seen then is not kept.
    expect(asked).toHaveLength(6);
  });

  it("is none where one of them cannot be looked at", async () => {
    const { socket } = await answering({
      "GET /containers/json": json([{ Id: "c0", Names: ["/c0"], State: "running", Status: "Up", Labels: {} }]),
      "GET /containers/c0/json": json({ message: "the disk is broken" }, 500),
    });
    await expect(looksAt(engineAt(socket), () => false).all({}, ctx.signal)).rejects.toMatchObject({
      kind: "retryable",
      message: expect.stringContaining("the disk is broken"),
    });
  });
});

describe("the engine is asked for labels", () => {
  it("that it compares letter by letter; the others are compared here", () => {
    expect(labelsOf({ "muster.stack": "shop", empty: "", star: "a*", text: "a b", "odd key": "x" })).toEqual([
      "muster.stack=shop",
    ]);
  });
});
