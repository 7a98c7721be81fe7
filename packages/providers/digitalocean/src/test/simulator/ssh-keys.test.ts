import { expect, it } from "vitest";
import { publicKey } from "../keys.ts";
import { simulated } from "../simulated.ts";

it("keeps keys, known by id and by fingerprint", async () => {
  const { call } = await simulated();
  const { status, body } = await call("POST", "/v2/account/keys", { name: "ann", public_key: publicKey("ann") });
  const { id, fingerprint } = Object(body["ssh_key"]);
  expect(status).toBe(201);
  expect(fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  for (const key of [id, fingerprint]) {
    expect((await call("GET", `/v2/account/keys/${key}`)).body).toMatchObject({ ssh_key: { id, name: "ann" } });
  }
  await call("PUT", `/v2/account/keys/${fingerprint}`, { name: "anna" });
  expect((await call("GET", "/v2/account/keys")).body).toMatchObject({ ssh_keys: [{ id, name: "anna" }] });
  expect((await call("DELETE", `/v2/account/keys/${id}`)).status).toBe(204);
  expect((await call("GET", `/v2/account/keys/${id}`)).status).toBe(404);
});

it("refuses a key that it has, whatever it is called, and what is none", async () => {
  const { call, state } = await simulated();
  await call("POST", "/v2/account/keys", { name: "ann", public_key: publicKey("ann") });
  const again = await call("POST", "/v2/account/keys", { name: "other", public_key: publicKey("ann") });
  expect(again).toMatchObject({ status: 422, body: { message: "SSH Key is already in use on your account" } });
  for (const public_key of [
    "",
    "ssh-ed25519",
    "ssh-ed25519 AAAA",
    publicKey("ann").replace("ssh-ed25519", "ssh-rsa"),
  ]) {
    expect((await call("POST", "/v2/account/keys", { name: "bad", public_key })).status).toBe(422);
  }
  expect(state.keys()).toHaveLength(1);
});
