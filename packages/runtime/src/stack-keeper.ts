/** What keeping a stack needs, and what can be asked of whoever keeps it. */
import type { Policy } from "@muster/engine";
import type { ChecksView, Document, Event, MemberStatus, MusterError, Status } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import type { Declaration, Lease, Store } from "@muster/store";
import type { GroupController } from "./controller.ts";
import type { DayTwo } from "./day-two.ts";
import type { Grammar, Outside } from "./ports.ts";
import type { GivenSettings } from "./providers.ts";
import type { Asked } from "./resources/declaring.ts";
import type { ResourcesView } from "./resources/keep.ts";
import type { SteeredGroups } from "./steer-groups.ts";
import type { GroupView } from "./view.ts";

export type { GroupView } from "./view.ts";

export interface KeeperDeps extends Outside {
  readonly store: Store;
  readonly lease: Lease;
  readonly catalog: Catalog;
  readonly grammar: Grammar;
  readonly settings: GivenSettings;
  /**
   * Nothing is kept before `begin` or the first commit: whoever is about to declare something else must not see the old
   * declaration carried out first.
   */
  readonly waits?: boolean;
  /** After it was written. */
  onEvent(event: Event): void;
  onStatus(group: string, status: Status): void;
  /** After each look at its resources. */
  onResources?(view: ResourcesView): void;
  /** Another process has taken the stack: nothing is done here any more. */
  onLost(error: MusterError): void;
  /** Something failed that nobody waits for and that is tried again by itself. */
  onTrouble?(thrown: unknown): void;
}

export interface StackKeeper extends DayTwo, SteeredGroups {
  readonly stack: string;
  declaration(): Declaration | undefined;
  /** Goes on with what the store knows, where that was put off (`waits`). */
  begin(): Promise<void>;
  /**
   * Takes a new declaration. The same one again changes nothing, unless more is asked for with it. Resolves when it is
   * written down.
   */
  commit(document: Document, source: string, actor: string, asked?: Asked): Promise<Declaration>;
  /** How its resources stand. */
  resources(): ResourcesView;
  /** How its checks and those of its resources stand. */
  checks(): ChecksView;
  /** Asks them once more. Throws `stack.lost`. */
  askChecks(): Promise<ChecksView>;
  /** Destroys everything it has; it is forgotten when the last is gone. Throws `resource.protected`. */
  destroyAll(actor: string): Promise<Declaration>;
  groups(): readonly GroupView[];
  members(group: string): readonly MemberStatus[];
  /** How it is changed and repaired, with the defaults filled in; undefined while its type or flavor is not there. */
  policy(group: string): Policy | undefined;
  /** Whom checks of its members are asked of, unless from outside; undefined while its type is not there. */
  whom(group: string): ReturnType<GroupController["whom"]>;
  /** What is seen of the members: ids, tags, properties. */
  seen(group: string): ReturnType<GroupController["seen"]>;
  wake(): void;
  /** Waits for what is in flight, at most so long (10 s), and lets go of the lease. What was made stays. */
  close(graceMs?: number): Promise<void>;
}
