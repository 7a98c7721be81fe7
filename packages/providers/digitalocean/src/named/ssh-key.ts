import type { Observed } from "@muster/model";
import { type ClaimedProvider, type ClaimedType, ProviderError } from "@muster/plugin";
import { z } from "zod";
import type { Accounts, OpenAccount } from "../accounts.ts";
import type { Key } from "../api/answers.ts";
import { failureOf } from "../api/failure.ts";
import { type DigitaloceanSettings, digitaloceanSettingsIn, type Environment } from "../settings.ts";
import { firstSeen } from "./first-seen.ts";

const sshKeyProperties = z.strictObject({
  name: z.string().min(1).max(255).describe("Its name in the account; there must be no other of that name"),
  public_key: z
    .string()
    .regex(
      /^\S+ \S+(?: [^\r\n]*\S)?$/,
      "must be one line, as in a file like id_ed25519.pub: TYPE KEY COMMENT, and no line break",
    )
    .describe("The public half, as in a file like `id_ed25519.pub`, without the line break at its end"),
});
export type SshKeyProperties = z.infer<typeof sshKeyProperties>;

const sshKeyOutputs = z.object({
  key_id: z.number().describe("Its number, for the `ssh_keys` of a droplet"),
  fingerprint: z.string().describe("Its fingerprint, for the `ssh_keys` of a droplet"),
});
export type SshKeyOutputs = z.infer<typeof sshKeyOutputs>;

export function sshKeyIn(env: Environment, accounts: Accounts): ClaimedType<SshKeyProperties, DigitaloceanSettings> {
  return {
    known: "claim",
    naming: "name",
    name: "ssh-key",
    family: "digitalocean",
    summary: "An SSH key of an account at DigitalOcean, for new droplets to let in",
    schema: sshKeyProperties,
    outputs: sshKeyOutputs,
    settings: digitaloceanSettingsIn(env),
    effects: {},
    settleMs: 10_000,
    local: false,
    open: async (settings, io) => keysAt(accounts.at(settings, io)),
  };
}

function keysAt({ account, keys: kept, scope, time }: OpenAccount): ClaimedProvider<SshKeyProperties> {
  const { keys } = account;
  const since = firstSeen(time.io.now);

  const observed = ({ id, name, public_key, fingerprint }: Key): Observed<SshKeyProperties> => {
    const properties = { name, public_key, key_id: id, fingerprint };
    return { id: name, tags: {}, phase: "running", properties, since: since(name) };
  };

  return {
    known: "claim",
    scope,

    async read(name, { signal }) {
      const found = theOne(name, await kept.get(signal));
      return found === undefined ? undefined : observed(found);
    },

    async *list({ signal }) {
      const all = await kept.get(signal);
      yield all.flatMap(({ name }) => theOne(name, all) ?? []).map(observed);
    },

    async create({ name, public_key }, _tags, { signal }) {
      kept.forget();
      if (theOne(name, await kept.get(signal)) !== undefined) {
        throw new ProviderError("conflict", `an SSH key with the name ${name} is there already`);
      }
      const answer = await keys.create({ name, public_key }, signal).finally(kept.forget);
      if (answer.kind === "answered") return { id: name };
      throw isTaken(answer.message) ? takenBy(await kept.get(signal), name, public_key) : failureOf(answer);
    },

    async destroy(name, { signal }) {
      kept.forget();
      const found = theOne(name, await kept.get(signal));
      if (found === undefined) return;
      const answer = await keys.destroy(found.id, signal).finally(kept.forget);
      if (answer.kind === "refused" && answer.status !== 404) throw failureOf(answer);
    },
  };
}

/** The key of this name. Throws `conflict` where there are several: nobody could tell which was meant. */
function theOne(name: string, all: readonly Key[]): Key | undefined {
  const [first, ...others] = all.filter((key) => key.name === name);
  if (first === undefined || others.length === 0) return first;
  const ids = [first, ...others].map(({ id }) => id).join(", ");
  const next = "rename or delete all but one in DigitalOcean's control panel";
  throw new ProviderError("conflict", `${others.length + 1} SSH keys have the name ${name} (${ids}): ${next}`);
}

function isTaken(message: string): boolean {
  return /already in use/i.test(message);
}

/** A key can be in an account only once, whatever it is called. */
function takenBy(all: readonly Key[], name: string, publicKey: string): ProviderError {
  const [type, text] = publicKey.split(" ");
  const same = all.find(({ public_key }) => public_key.trim().split(/\s+/).slice(0, 2).join(" ") === `${type} ${text}`);
  const other = same === undefined ? "" : `, as ${same.name} (${same.id})`;
  return new ProviderError("conflict", `the SSH key ${name} is in the account already${other}`);
}
