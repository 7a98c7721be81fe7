/** Looks at one file and changes it, through the type `file` and no other way. */
import { type Command, type JsonObject, messageOf, type Observed } from "@muster/model";
import { type ClaimedProvider, type Ctx, ProviderError } from "@muster/plugin";
import type { Claim, Store, Writes } from "@muster/store";
import { withDeadline } from "../deadline.ts";
import type { Clock } from "../ports.ts";
import { claimOn, draftPathOf, OWNER, UNSETTLED } from "./claims.ts";
import type { RunCommand } from "./command.ts";
import type { Drawn } from "./drawn.ts";

export interface ExchangeDeps {
  readonly stack: string;
  /** For reading. */
  readonly store: Pick<Store, "claimed">;
  write(writes: Writes): Promise<void>;
  readonly clock: Clock;
  readonly run: RunCommand;
  /** Aborted when the file is let go. */
  readonly letGo: AbortSignal;
}

/** What stands at the path, and the stack's claim on it; no claim: it is nobody's, and there is nothing. */
export interface Sighted {
  readonly found: Observed | undefined;
  readonly claim: Claim | undefined;
}

/** No call to the provider is waited for any longer, in milliseconds. */
const CALL_MS = 60_000;
/** Nobody hangs up on a call. */
const PATIENT: Ctx = { signal: new AbortController().signal };

export interface Exchange {
  /** Throws `conflict` where it is somebody else's. */
  look(path: string): Promise<Sighted>;
  /** Claims what a look showed to be nobody's, or says what its users were told of last. */
  claim(path: string, revision: string): Promise<void>;
  /** Has new content checked before anybody sees it. Throws `invalid` where the check refuses it. */
  check(want: Drawn["want"], check: Command): Promise<void>;
  make(want: Drawn["want"]): Promise<void>;
  change(from: Observed, want: Drawn["want"]): Promise<void>;
}

/** Throws `conflict` where it is somebody else's. */
export async function lookAt(
  path: string,
  provider: ClaimedProvider,
  { stack, store, clock }: Pick<ExchangeDeps, "stack" | "store" | "clock">,
): Promise<Sighted> {
  const found = await withDeadline(provider.read(path, PATIENT), CALL_MS, clock, `${path} was not read`);
  const claim = await store.claimed("file", provider.scope, path);
  if (claim === undefined) {
    if (found !== undefined) throw new ProviderError("conflict", `${path}: it is there already and is not Muster's`);
  } else if (claim.mark.stack !== stack || claim.mark.owner !== OWNER) {
    throw new ProviderError("conflict", `${path}: it belongs to ${claim.mark.stack}/${claim.mark.owner}`);
  }
  return { found, claim };
}

export function exchanging(provider: ClaimedProvider, deps: ExchangeDeps): Exchange {
  const { stack, clock, run, letGo } = deps;
  const { scope } = provider;
  const timely = <T>(call: Promise<T>, what: string) => withDeadline(call, CALL_MS, clock, what);
  const remove = (path: string) => timely(provider.destroy(path, PATIENT), `${path} was not removed`);

  const look = (path: string) => lookAt(path, provider, deps);
  const claim = (path: string, revision: string) => deps.write({ claim: [claimOn(path, stack, scope, revision)] });

  async function make(want: JsonObject & { readonly path: string }): Promise<void> {
    try {
      await timely(provider.create(want, {}, PATIENT), `${want.path} was not made`);
    } catch (thrown) {
      // Somebody was faster: it is theirs, and must not be taken for Muster's at the next look.
      if (thrown instanceof ProviderError && thrown.kind === "conflict") {
        await deps.write({ release: [{ type: "file", scope, id: want.path }] });
      }
      throw thrown;
    }
  }

  return {
    look,
    claim,
    make,
    async check({ path, content }, { command: [program, ...args], timeoutMs }) {
      const draft = draftPathOf(path);
      const { found, claim: ours } = await look(draft);
      if (ours === undefined) await claim(draft, UNSETTLED);
      if (found !== undefined) await remove(draft);
      await make({ path: draft, content, mode: "0600" });
      try {
        const named = args.map((word) => word.replaceAll("${file}", draft));
        const ended = await run({ command: [program, ...named], timeoutMs }, clock, letGo);
        if (ended.kind === "well") return;
        const reason = ended.kind === "late" ? tooLate(timeoutMs) : ended.reason.replaceAll(draft, path);
        throw new ProviderError("invalid", `${program} refuses the new content, and the old stays: ${reason}`);
      } finally {
        await remove(draft);
      }
    },
    async change(from, want) {
      if (provider.update === undefined) throw new ProviderError("invalid", "files cannot be changed");
      await timely(provider.update(from, want, PATIENT), `${want.path} was not changed`);
    },
  };
}

export function tooLate(timeoutMs: number): string {
  return `it did not end within ${timeoutMs / 1000} s`;
}

/** Which of what is wanted is not so; their names only. */
export function differing({ properties }: Observed, want: JsonObject): readonly string[] {
  return Object.keys(want).filter((key) => properties[key] !== want[key]);
}

/** A reason to be told, without the path that the sentence begins with. */
export function reasonOf(thrown: unknown, path: string): string {
  const message = messageOf(thrown);
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}
