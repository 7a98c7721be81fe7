/** Accounts that are open: the limit of requests, the queues and what is remembered are one for all types of an account. */
import { hashJson } from "@muster/model";
import { asProviderError, type Io } from "@muster/plugin";
import { type Actions, actionsOn } from "./actions.ts";
import { type Account, accountAt } from "./api/account.ts";
import type { Key, Size } from "./api/answers.ts";
import { type Remembered, remembered } from "./remembered.ts";
import { type DigitaloceanSettings, type Environment, tokenOf } from "./settings.ts";
import type { Waits } from "./waits.ts";

export interface OpenAccount {
  readonly scope: string;
  readonly account: Account;
  readonly actions: Actions;
  readonly time: { readonly io: Io; readonly waits: Waits };
  /** All sizes, asked for now and then. */
  readonly sizes: (signal: AbortSignal) => Promise<readonly Size[]>;
  /** Whether there is such an image, as far as the token may know; asked for now and then. */
  readonly hasImage: (image: number | string, signal: AbortSignal) => Promise<boolean>;
  /** All SSH keys. Whoever changes them forgets what is remembered. */
  readonly keys: Remembered<readonly Key[]>;
}

export interface Accounts {
  at(settings: DigitaloceanSettings, io: Io): OpenAccount;
}

/** What is sold, and for how much, changes rarely, in milliseconds. */
const SIZES_MS = 600_000;
/** The API lists SSH keys ten times a minute, in milliseconds. */
const KEYS_MS = 6_000;

export function accountsIn(env: Environment, waits: Waits): Accounts {
  const open = new Map<string, OpenAccount>();

  return {
    at(settings, io) {
      const { url } = settings;
      const key = hashJson({ url, token: settings.token ?? null });
      const known = open.get(key);
      if (known !== undefined) return known;
      const account = accountAt({ url, waits, token: () => tokenOf(settings, env) }, io);
      const time = { io, waits };
      const found: OpenAccount = {
        scope: `the account of the token at ${new URL(url).host}`,
        account,
        time,
        actions: actionsOn(account.droplets, time),
        sizes: remembered(account.offers.sizes, SIZES_MS, io.now).get,
        hasImage: imagesIn(account, io),
        keys: remembered(account.keys.list, KEYS_MS, io.now),
      };
      open.set(key, found);
      return found;
    },
  };
}

function imagesIn({ offers }: Account, io: Io): OpenAccount["hasImage"] {
  const known = new Map<number | string, Remembered<boolean>>();
  const isThere = async (image: number | string, signal: AbortSignal): Promise<boolean> => {
    try {
      return (await offers.image(image, signal)) !== undefined;
    } catch (thrown) {
      // Whoever may not look at images may make droplets of them.
      if (asProviderError(thrown).kind === "denied") return true;
      throw thrown;
    }
  };
  return (image, signal) => {
    const found = known.get(image) ?? remembered((until) => isThere(image, until), SIZES_MS, io.now);
    known.set(image, found);
    return found.get(signal);
  };
}
