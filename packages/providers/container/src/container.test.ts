import { describe, expect, it } from "vitest";
import { container, containerIn } from "./container.ts";
import { answering, ctx, io, json } from "./test/answers.ts";

const ID = "0123456789abcdef".repeat(4);

async function opened(answers: Parameters<typeof answering>[0]) {
  const { socket, asked } = await answering(answers);
  const type = containerIn({ SECRET: "s3same" });
  return { provider: await type.open(type.settings.parse({ host: socket }), io), asked };
}

describe("a container's type", () => {
  it("says what it takes up of the machine, and that members need ports of their own", () => {
    expect(container.ports).toBe(true);
    expect(container.exclusive?.({ image: "web:1", ports: [{ container: 80, host: 80 }] })).toEqual([
      "tcp:127.0.0.1:80",
    ]);
  });

  it("opens where no engine is: it may come later", async () => {
    const provider = await container.open(container.settings.parse({ host: "/no/engine" }), io);
    await expect(provider.list({}, ctx)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: "unavailable" });
  });
});

describe("a create", () => {
  it("that is refused at the start leaves nothing", async () => {
    const { provider, asked } = await opened({
      "POST /containers/create": json({ Id: ID }, 201),
      [`POST /containers/${ID}/start`]: json({ message: "address already in use" }, 500),
      [`DELETE /containers/${ID}`]: json({}, 204),
    });
    await expect(provider.create({ image: "web:1" }, {}, ctx)).rejects.toMatchObject({ kind: "retryable" });
    expect(asked.at(-1)).toBe(`DELETE /containers/${ID}`);
  });

  it("whose start is not answered leaves it: it may run, and is known by its tags", async () => {
    const { provider, asked } = await opened({
      "POST /containers/create": json({ Id: ID }, 201),
      [`POST /containers/${ID}/start`]: (response) => response.destroy(),
    });
    await expect(provider.create({ image: "web:1" }, {}, ctx)).rejects.toMatchObject({ kind: "unknown" });
    expect(asked.at(-1)).toBe(`POST /containers/${ID}/start`);
  });

  it("gives secrets to the engine, and to nobody else", async () => {
    let body = "";
    const { provider } = await opened({
      "POST /containers/create": (response, request) => {
        request.on("data", (chunk) => {
          body += chunk;
        });
        request.on("end", () => json({ message: `bad: ${body}` }, 400)(response, request));
      },
    });
    const want = { image: "web:1", env: { TOKEN: { secret: { env: "SECRET" } } } };
    const failure = await provider.create(want, {}, ctx).catch((thrown: unknown) => thrown);
    expect(body).toContain("TOKEN=s3same");
    expect(String(failure)).toContain("TOKEN=…");
    expect(String(failure)).not.toContain("s3same");
  });
});

describe("a destroy", () => {
  it("waits for a removal that somebody else has begun", async () => {
    let looks = 0;
    const { provider, asked } = await opened({
      [`POST /containers/${ID}/stop`]: json({}, 204),
      [`DELETE /containers/${ID}`]: json({ message: "removal is already in progress" }, 409),
      [`GET /containers/${ID}/json`]: (...call) =>
        (looks++ < 2 ? json({ Id: ID }) : json({ message: "No such container" }, 404))(...call),
    });
    await provider.destroy(ID, ctx);
    expect(asked.filter((each) => each.startsWith("GET"))).toHaveLength(3);
  });

  it("takes ids, and no names or beginnings of ids: those may be anybody's", async () => {
    const { provider, asked } = await opened({});
    for (const id of ["web", ID.slice(0, 12), `${ID}/../x`, ""]) {
      await expect(provider.destroy(id, ctx)).rejects.toMatchObject({ kind: "invalid" });
      expect(await provider.read?.(id, ctx)).toBeUndefined();
    }
    expect(asked).toEqual([]);
  });
});

describe("an update", () => {
  it("that the engine does not know is refused for good, and of a container that is gone is not", async () => {
    const gone = json({ message: `No such container: ${ID}` }, 404);
    const from = { id: ID, tags: {}, phase: "running", properties: { pids: 1 }, since: 0 } as const;
    const unable = await opened({
      [`POST /containers/${ID}/update`]: (response) => response.writeHead(404).end("Not Found"),
    });
    await expect(unable.provider.update?.(from, { image: "web:1", pids: 2 }, ctx)).rejects.toMatchObject({
      kind: "invalid",
    });
    const able = await opened({ [`POST /containers/${ID}/update`]: gone });
    await expect(able.provider.update?.(from, { image: "web:1", pids: 2 }, ctx)).rejects.toMatchObject({
      kind: "retryable",
    });
  });

  it("of nothing asks nothing", async () => {
    const { provider, asked } = await opened({});
    const from = { id: ID, tags: {}, phase: "running", properties: { memory: 0, cpus: 0, pids: 1 }, since: 0 } as const;
    await provider.update?.(from, { image: "web:1", memory: 0, cpus: 0, pids: 1 }, ctx);
    expect(asked).toEqual([]);
  });
});
