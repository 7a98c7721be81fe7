import type { Document, Event, MusterError, Status } from "@muster/model";
import type { Flavor, TaskType, Type } from "@muster/plugin";
import type { GivenSettings, Outside, StackKeeper } from "@muster/runtime";
import type { Store } from "@muster/store";
import type { ApplyAnswer, PluginView } from "./api.ts";
import type { AskedToApply } from "./apply.ts";

/** What is to be told to a person though nothing failed that they asked for. */
export interface Notice {
  /**
   * `shadowed`: a plugin takes the place of what is built in. `plugin`: one came, went, hangs or answers again. `held`: a
   * stack is passed over, because another process has it or it cannot be read. `lost`: another process has taken a stack away. `trouble`:
   * something could not be ended in good order; the next start sees to it.
   */
  readonly kind: "shadowed" | "plugin" | "held" | "lost" | "trouble";
  readonly message: string;
  readonly stack?: string;
  readonly error?: MusterError;
}

export interface DaemonOptions {
  /** `serve`, or `watch FILE`: what whoever meets it is shown. */
  readonly command: string;
  /** What it keeps: everything the store knows and nobody else holds, and whatever is applied; or these and no others. */
  readonly stacks: "all" | readonly string[];
  /** Of this Muster, for whoever asks. */
  readonly version: string;
  /** Where it answers: a path in a directory that is this user's alone. */
  readonly socket: string;
  /** Stays open when the daemon closes. */
  readonly store: Store;
  readonly builtins: {
    readonly types: readonly Type[];
    readonly tasks?: readonly TaskType[];
    readonly flavors: readonly Flavor[];
  };
  /** Said at the command line. A plugin is opened by whoever starts it, and has none. */
  readonly settings: GivenSettings;
  /** Made, closed to others, when it is not there. Without it there are no plugins. */
  readonly pluginDirectory?: string;
  /** Answer InfraKit's clients at the socket `group` in the plugin directory. */
  readonly groupSocket?: boolean;
  readonly outside: Outside;
  /** After it was written. */
  onEvent(event: Event): void;
  onStatus(stack: string, group: string, status: Status): void;
  onNotice(notice: Notice): void;
}

export interface Daemon {
  readonly socket: string;
  /**
   * Takes a declaration: checks all of it before anything is touched, and resolves when it is written down.
   * Throws MusterError or MusterErrors; `stack.held` when another process keeps the stack.
   */
  apply(document: Document, source: string, actor: string, asked?: AskedToApply): Promise<ApplyAnswer>;
  /** What `apply` would do. Nothing is changed. */
  pretend(document: Document, source: string): Promise<ApplyAnswer>;
  /** The stacks it holds. */
  keepers(): readonly StackKeeper[];
  plugins(): readonly PluginView[];
  /**
   * Ends what is in flight, waiting at most 10 s, leaves the infrastructure as it is, gives its leases back and removes its
   * socket. Twice is harmless.
   */
  close(): Promise<void>;
}
