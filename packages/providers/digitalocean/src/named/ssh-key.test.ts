import { describe, expect, it } from "vitest";
import { all, ctx, failureOf, freshAccount, opened } from "../test/account.ts";
import { publicKey } from "../test/keys.ts";

async function fresh() {
  const account = await freshAccount();
  return { ...account, keys: await opened(account, account.types.sshKey) };
}

const ANN = { name: "ann", public_key: publicKey("ann") };

describe("an SSH key", () => {
  it("is made, read with its number and its fingerprint, and destroyed", async () => {
    const { keys, simulator } = await fresh();
    expect(await keys.create(ANN, {}, ctx)).toEqual({ id: "ann" });
    const [made] = simulator.state.keys();
    expect((await keys.read("ann", ctx))?.properties).toEqual({
      ...ANN,
      key_id: made?.id,
      fingerprint: made?.fingerprint,
    });
    await keys.destroy("ann", ctx);
    await keys.destroy("ann", ctx);
    expect(await keys.read("ann", ctx)).toBeUndefined();
  });

  it("whose name is taken is a conflict", async () => {
    const { keys } = await fresh();
    await keys.create(ANN, {}, ctx);
    const other = { name: "ann", public_key: publicKey("bob") };
    expect(await failureOf(keys.create(other, {}, ctx))).toMatchObject({ kind: "conflict" });
  });

  it("that is there under another name is a conflict, told with that name", async () => {
    const { keys } = await fresh();
    await keys.create(ANN, {}, ctx);
    const failure = await failureOf(keys.create({ ...ANN, name: "anna" }, {}, ctx));
    expect(failure.kind).toBe("conflict");
    expect(failure.message).toMatch(/^the SSH key anna is in the account already, as ann \(\d+\)$/);
  });

  it("whose name several have is never guessed: it is told with their numbers", async () => {
    const { keys, simulator } = await fresh();
    for (const whose of ["ann", "bob"]) {
      await simulator.call("POST", "/v2/account/keys", { name: "team", public_key: publicKey(whose) });
    }
    const ids = simulator.state
      .keys()
      .map(({ id }) => id)
      .join(", ");
    for (const doing of [keys.read("team", ctx), keys.destroy("team", ctx)]) {
      const failure = await failureOf(doing);
      expect(failure).toMatchObject({ kind: "conflict" });
      expect(failure.message).toContain(`2 SSH keys have the name team (${ids})`);
    }
    expect(simulator.state.keys()).toHaveLength(2);
  });

  it("is looked for without listing all keys each time: the API allows it ten times a minute", async () => {
    const { keys, simulator } = await fresh();
    await keys.create(ANN, {}, ctx);
    await Promise.all(Array.from({ length: 20 }, () => keys.read("ann", ctx)));
    expect(await all(keys.list?.(ctx) ?? none())).toHaveLength(1);
    expect(simulator.count("GET", /keys$/)).toBe(2);
    simulator.clock.advance(6_000);
    await keys.read("ann", ctx);
    expect(simulator.count("GET", /keys$/)).toBe(3);
  });
});

describe("the limit of lists of SSH keys", () => {
  it("is waited for, whoever has used it up, and holds up nothing else", async () => {
    const { keys, droplets, simulator } = await fresh();
    for (let count = 0; count < 10; count++) await simulator.call("GET", "/v2/account/keys");
    const read = keys.read("ann", ctx);
    const before = simulator.clock.now();
    await all(droplets.list({}, ctx));
    expect(await read).toBeUndefined();
    expect(simulator.clock.now() - before).toBeLessThan(120_000);
  });
});

async function* none() {
  yield [];
}
