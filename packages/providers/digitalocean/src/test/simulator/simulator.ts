import { once } from "node:events";
import type { Image } from "./catalog.ts";
import { logicalClock, type SimulatorClock } from "./clock.ts";
import type { Droplet } from "./droplet.ts";
import type { Exchange } from "./exchange.ts";
import { type Faults, noFaults } from "./faults.ts";
import { DOCUMENTED_LIMITS, type LimitSettings, limitsOf } from "./limits.ts";
import { type Panel, panelOf } from "./panel.ts";
import { serverOf } from "./server.ts";
import { EVERYTHING, READING, type Rights } from "./tokens.ts";
import { type Action, type Domain, emptyWorld, type SshKey, type Tag, type Times, USUAL_TIMES } from "./world.ts";

export interface SimulatorOptions {
  /** On the loopback; 0, unless told, for any that is free. */
  readonly port?: number;
  /** Unless told, time that passes only when it is told to. */
  readonly clock?: SimulatorClock;
  /** How much time passes with each GET of actions or droplets: whoever polls need not wait. 0 unless told. */
  readonly tickPerRequestMs?: number;
  readonly times?: Partial<Times>;
  readonly limits?: Partial<LimitSettings>;
  /** More tokens, and what each may do. */
  readonly tokens?: Readonly<Record<string, Rights>>;
  /** How many droplets the account may have; 1000 unless told. */
  readonly dropletLimit?: number;
  /** False: a droplet has private networking only if it was asked for, as in the old days. True unless told. */
  readonly everyDropletInVpc?: boolean;
  /** Is told of every request and its answer, before that is sent. What it throws breaks the connection, and `close` throws it. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/** What is there in truth, whatever lists show. */
export interface SimulatorState {
  droplets(): readonly Droplet[];
  droplet(id: number): Droplet | undefined;
  actions(): readonly Action[];
  images(): readonly Image[];
  tags(): readonly Tag[];
  keys(): readonly SshKey[];
  domains(): readonly Domain[];
}

export interface Simulator {
  /** Where it answers, as `http://127.0.0.1:41234`; the paths begin with `/v2`. */
  readonly url: string;
  /** May do everything. */
  readonly token: string;
  /** May only read. */
  readonly readOnlyToken: string;
  readonly clock: SimulatorClock;
  readonly faults: Faults;
  readonly panel: Panel;
  readonly state: SimulatorState;
  /** Every request since the beginning, oldest first. */
  readonly requests: readonly Exchange[];
  /** How many requests there were of a method, on paths like this. */
  count(method: string, path?: RegExp): number;
  tickPerRequestMs: number;
  /** As if the token that may do everything had made all the requests that it may make. */
  exhaust(span: "hour" | "minute"): void;
  /** Ends it. Throws what its own defects have thrown: to a client they look like a lost answer. */
  close(): Promise<void>;
}

const TOKEN = "simulated-token";
const READ_ONLY_TOKEN = "simulated-read-only-token";

/** Starts a simulator of DigitalOcean's API on the loopback. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const clock = options.clock ?? logicalClock();
  const faults = noFaults();
  const world = emptyWorld(clock, { ...USUAL_TIMES, ...options.times }, faults, {
    dropletLimit: options.dropletLimit ?? 1_000,
    everyDropletInVpc: options.everyDropletInVpc ?? true,
  });
  const limits = limitsOf({ ...DOCUMENTED_LIMITS, ...options.limits });
  const tokens = new Map([[TOKEN, EVERYTHING], [READ_ONLY_TOKEN, READING], ...Object.entries(options.tokens ?? {})]);
  const requests: Exchange[] = [];
  const defects: unknown[] = [];
  const server = serverOf(
    world,
    { tokens, limits },
    {
      url: () => simulator.url,
      tickPerRequestMs: () => simulator.tickPerRequestMs,
      log(exchange) {
        requests.push(exchange);
        options.onExchange?.(exchange);
      },
      defect: (thrown) => void defects.push(thrown),
    },
  );
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;

  const settled = <T>(seen: () => T): T => {
    world.agenda.settle(clock.now());
    return seen();
  };
  const simulator: Simulator = {
    url: `http://127.0.0.1:${port}`,
    token: TOKEN,
    readOnlyToken: READ_ONLY_TOKEN,
    clock,
    faults,
    panel: panelOf(world),
    state: {
      droplets: () => settled(() => world.droplets.all()),
      droplet: (id) => settled(() => world.droplets.get(id)),
      actions: () => settled(() => [...world.actions.values()]),
      images: () => settled(() => [...world.images.values()]),
      tags: () => [...world.tags.values()],
      keys: () => [...world.keys.values()],
      domains: () => [...world.domains.values()],
    },
    requests,
    count: (method, path = /^/) => requests.filter((each) => each.method === method && path.test(each.path)).length,
    tickPerRequestMs: options.tickPerRequestMs ?? 0,
    exhaust: (span) => limits.exhaust(TOKEN, span, clock.now()),
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      if (defects.length > 0) throw new AggregateError(defects, "the simulator has failed");
    },
  };
  return simulator;
}
