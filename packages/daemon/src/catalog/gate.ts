import type { JsonObject, Observed } from "@muster/model";
import { type Ctx, type Flavor, type Provider, ProviderError, type Type } from "@muster/plugin";

/** What every call to a plugin goes through: while it is shut, nothing is called, and whoever waits is told why. */
export interface Gate {
  /** Why it is shut; undefined while it is open. */
  shut(error: Error): void;
  open(): void;
  /** Throws `unavailable` while the gate is shut. */
  enter(): void;
  /** What only asks is given up when the gate is shut: nothing was done by it. */
  ask<T>(call: () => Promise<T>): Promise<T>;
}

export function openGate(): Gate {
  let why: Error | undefined;
  const waiting = new Set<(reason: ProviderError) => void>();

  function enter(): void {
    if (why !== undefined) throw unavailable(why);
  }

  return {
    shut(error) {
      why = error;
      for (const giveUp of waiting) giveUp(unavailable(error));
      waiting.clear();
    },
    open() {
      why = undefined;
    },
    enter,
    async ask(call) {
      enter();
      const { promise: shut, reject } = Promise.withResolvers<never>();
      waiting.add(reject);
      try {
        return await Promise.race([call(), shut]);
      } finally {
        waiting.delete(reject);
      }
    },
  };
}

function unavailable(error: Error): ProviderError {
  return new ProviderError("unavailable", error.message, { cause: error });
}

/** The type, with every call through the gate. What acts and has begun is left alone: a long call is not a hang. */
export function gatedType(type: Type, gate: Gate): Type {
  if (type.known === "claim") {
    return {
      ...type,
      async open(settings, io) {
        const provider = await gate.ask(() => type.open(settings, io));
        const { list } = provider;
        return {
          ...gated(provider, gate),
          known: "claim",
          read: (id, ctx) => gate.ask(() => provider.read(id, ctx)),
          ...(list === undefined ? {} : { list: (ctx: Ctx) => gatedPages(list(ctx), gate) }),
        };
      },
    };
  }
  return {
    ...type,
    async open(settings, io) {
      const provider = await gate.ask(() => type.open(settings, io));
      const { read, retag } = provider;
      return {
        ...gated(provider, gate),
        known: "tags",
        list: (by, ctx) => gatedPages(provider.list(by, ctx), gate),
        ...(read === undefined ? {} : { read: (id: string, ctx: Ctx) => gate.ask(() => read(id, ctx)) }),
        ...(retag === undefined ? {} : { retag: entered(retag, gate) }),
      };
    },
  };
}

type Common = Pick<
  Provider,
  "scope" | "validate" | "create" | "update" | "destroy" | "watch" | "assess" | "refresh" | "close"
>;

function gated(provider: Provider, gate: Gate): Common {
  const { validate, update, assess, refresh } = provider;
  return {
    ...provider,
    create: entered(provider.create, gate),
    destroy: entered(provider.destroy, gate),
    ...(update === undefined ? {} : { update: entered(update, gate) }),
    ...(refresh === undefined ? {} : { refresh: entered(refresh, gate) }),
    ...(assess === undefined
      ? {}
      : {
          assess: (from: Observed | undefined, want: Partial<JsonObject>, ctx: Ctx) =>
            gate.ask(() => assess(from, want, ctx)),
        }),
    ...(validate === undefined ? {} : { validate: (want) => gate.ask(() => validate(want)) }),
  };
}

async function* gatedPages<T>(pages: AsyncIterable<T>, gate: Gate): AsyncGenerator<T> {
  const iterator = pages[Symbol.asyncIterator]();
  for (;;) {
    const page = await gate.ask(() => iterator.next());
    if (page.done === true) return;
    yield page.value;
  }
}

/** The flavor, with every call through the gate. */
export function gatedFlavor(flavor: Flavor, gate: Gate): Flavor {
  const { validate, prepare, health, drain } = flavor;
  return {
    ...flavor,
    ...(validate === undefined ? {} : { validate: (own, slots) => gate.ask(() => validate(own, slots)) }),
    ...(prepare === undefined ? {} : { prepare: entered(prepare, gate) }),
    ...(health === undefined ? {} : { health: (observed, own) => gate.ask(() => health(observed, own)) }),
    ...(drain === undefined ? {} : { drain: entered(drain, gate) }),
  };
}

/** What acts may begin while the gate is open, and is then waited for to its end. */
function entered<A extends readonly unknown[], T>(call: (...args: A) => Promise<T>, gate: Gate) {
  return async (...args: A): Promise<T> => {
    gate.enter();
    return call(...args);
  };
}
