import { createServer } from "node:net";
import { FAILURE_KINDS, ProviderError } from "@muster/plugin";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Answer, answering, breakOff, json, logicalTime, page, signal, type Time } from "../test/answering.ts";
import { type Account, accountAt } from "./account.ts";

const TOKEN = "dop_v1_0123456789";

function accountOf(url: string, { io, waits }: Time = logicalTime()): Account {
  return accountAt({ url, waits, token: () => TOKEN }, io);
}

async function failureOf(doing: Promise<unknown>): Promise<ProviderError> {
  const thrown = await doing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof ProviderError)) throw new Error(`expected a ProviderError, not ${String(thrown)}`);
  return thrown;
}

const image = { id: 7, slug: "debian-12-x64", regions: ["lon1"], min_disk_size: 7 };

describe("a question to the API", () => {
  it("bears the token, and reads only what it needs", async () => {
    let sent: string | undefined;
    const { url, asked } = await answering((response, request) => {
      sent = request.headers.authorization;
      json({ image: { ...image, unheard: true } })(response, request);
    });
    expect(await accountOf(url).offers.image("debian-12-x64", signal)).toEqual(image);
    expect(sent).toBe(`Bearer ${TOKEN}`);
    expect(asked.map(({ line }) => line)).toEqual(["GET /v2/images/debian-12-x64"]);
  });

  it.each<[string, Answer]>([
    ["the API fails", json({ id: "server_error", message: "Server Error" }, 500)],
    ["a gateway answers with a page", page(502)],
    ["the connection breaks off", breakOff],
  ])("is put again when %s", async (_, failing) => {
    const time = logicalTime();
    const { url, asked } = await answering(failing, failing, json({ image }));
    expect(await accountOf(url, time).offers.image(7, signal)).toEqual(image);
    expect(asked).toHaveLength(3);
    expect(time.waited).toEqual([500, 1_000]);
  });

  it("is put four times and no more", async () => {
    const { url, asked } = await answering(json({ id: "server_error", message: "Server Error" }, 500));
    const failure = await failureOf(accountOf(url).offers.image(7, signal));
    expect(failure.kind).toBe("retryable");
    expect(failure.message).toBe(`the image 7 cannot be looked at: ${url} answered with status 500: Server Error`);
    expect(asked).toHaveLength(4);
  });

  it("means something else to each caller when there is no such thing", async () => {
    const { url } = await answering(json({ id: "not_found", message: "gone" }, 404));
    const { offers, droplets, tags } = accountOf(url);
    expect(await offers.image(7, signal)).toBeUndefined();
    expect(await droplets.get(7, signal)).toBeUndefined();
    expect(await droplets.destroy(7, signal)).toMatchObject({ kind: "refused", status: 404 });
    expect(await failureOf(tags.put("web", 7, signal))).toMatchObject({ kind: "invalid" });
  });
});

describe("what changes something", () => {
  const body = { name: "web-1", size: "s-1vcpu-1gb", image: 7 };

  it.each<[string, Answer]>([
    ["the API fails", json({ id: "server_error", message: "Server Error" }, 500)],
    ["a gateway answers with a page", page(504)],
    ["the connection breaks off", breakOff],
    ["the answer is not that of the API", page(200)],
    ["the answer is something else than it should be", json({ droplet: { id: "seven" } }, 202)],
  ])("is not sent again when %s: it may have been done", async (_, failing) => {
    const { url, asked } = await answering(failing);
    const failure = await failureOf(accountOf(url).droplets.create(body, signal));
    expect(failure.kind).toBe("unknown");
    expect(failure.message).toContain("no droplet can be made with the name web-1: ");
    expect(asked).toHaveLength(1);
  });

  it("is sent again when it was refused for the sake of the limit: it was not done", async () => {
    const time = logicalTime();
    const limit = json({ id: "too_many_requests", message: "API rate limit exceeded." }, 429, { "retry-after": "7" });
    const { url, asked } = await answering(limit, json({ tag: { name: "web" } }, 201));
    await accountOf(url, time).tags.create("web", signal);
    expect(asked.map(({ body }) => body)).toEqual(['{"name":"web"}', '{"name":"web"}']);
    expect(time.waited).toEqual([7_000]);
  });

  it("has not been done when nobody was reached", async () => {
    const failure = await failureOf(accountOf(await closedPort()).droplets.create(body, signal));
    expect(failure.kind).toBe("unavailable");
    expect(failure.message).toMatch(/: http:\/\/127\.0\.0\.1:\d+ cannot be reached: nobody listens there$/);
  });

  it("has not been done when nobody waited for it before it was sent", async () => {
    const { url, asked } = await answering(json({}));
    const over = AbortSignal.abort();
    expect(await failureOf(accountOf(url).droplets.create(body, over))).toMatchObject({ kind: "unavailable" });
    expect(asked).toEqual([]);
  });

  it.each([
    ["Droplet already has a pending event.", "retryable"],
    ["creating this/these droplet(s) will exceed your droplet limit", "no-space"],
    ["Size is not available in this region.", "no-space"],
    ["You specified an invalid image for Droplet creation.", "invalid"],
  ] as const)("that is refused with %j is %s", async (message, kind) => {
    const { url } = await answering(json({ id: "unprocessable_entity", message }, 422));
    const failure = await failureOf(accountOf(url).tags.create("web", signal));
    expect(failure).toMatchObject({ kind, message: `the tag web cannot be made: ${message}` });
  });
});

describe("a refusal", () => {
  it("of the token says where and what to do, and not the token", async () => {
    const { url, asked } = await answering(json({ id: "unauthorized", message: `Unable to use ${TOKEN}` }, 401));
    const failure = await failureOf(accountOf(url).offers.sizes(signal));
    expect(failure.kind).toBe("denied");
    expect(failure.message).toContain(`the token is not accepted by ${url}: make a new one at`);
    expect(asked).toHaveLength(1);
  });

  it("for want of a right names the right", async () => {
    const { url } = await answering(json({ id: "forbidden", message: "You are not authorized" }, 403));
    const failure = await failureOf(accountOf(url).droplets.create({ name: "web-1" }, signal));
    expect(failure.kind).toBe("denied");
    expect(failure.message).toContain("the token is without the right droplet:create");
  });

  it("never tells the token, whatever is sent back", async () => {
    for (const status of [400, 403, 409, 422, 500]) {
      const { url } = await answering(json({ id: "x", message: `you sent ${TOKEN}` }, status));
      const failure = await failureOf(accountOf(url).tags.create("web", signal));
      expect(FAILURE_KINDS).toContain(failure.kind);
      expect(failure.message).toContain("you sent …");
      expect(failure.message).not.toContain(TOKEN);
    }
  });

  it("that is a page for people says that this is not the API", async () => {
    for (const status of [200, 302, 404]) {
      const { url } = await answering(page(status));
      const failure = await failureOf(accountOf(url).offers.sizes(signal));
      expect(failure.kind).toBe("unavailable");
      expect(failure.message).toContain(
        `what answers at ${url} is not DigitalOcean's API: it sent text/html, not JSON`,
      );
    }
  });
});

describe("an answer", () => {
  it("of too many bytes is not read to its end", async () => {
    const { url } = await answering((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(1 << 20)));
      };
      response.on("drain", more);
      more();
    });
    const failure = await failureOf(accountOf(url).offers.sizes(signal));
    expect(failure.message).toContain("its answer has more than 16777216 bytes");
  });

  it("that does not come in time is told as such", async () => {
    const { io, waits } = logicalTime();
    const { url } = await answering(() => undefined);
    const hurried = { ...waits, limit: () => AbortSignal.timeout(1) };
    const failure = await failureOf(accountOf(url, { io, waits: hurried, waited: [] }).tags.create("web", signal));
    expect(failure).toMatchObject({ kind: "unknown" });
    expect(failure.message).toContain("no answer within 30 s");
  });
});

/** The address of a port on which nobody listens any more. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 1}`;
}
