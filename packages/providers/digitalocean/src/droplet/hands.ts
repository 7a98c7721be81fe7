import type { Io } from "@muster/plugin";
import type { Actions } from "../actions.ts";
import type { Account } from "../api/account.ts";
import type { Environment } from "../settings.ts";
import type { Waits } from "../waits.ts";

/** What droplets are made and changed with. */
export interface Hands extends Pick<Account, "droplets" | "tags"> {
  readonly actions: Actions;
  readonly io: Io;
  readonly waits: Waits;
  /** Where secrets may be read. */
  readonly env: Environment;
}
