import type { JsonObject, Observed } from "@muster/model";

/** An InfraKit declaration: the group's name and its properties as written. */
export interface GroupSpec {
  readonly ID: string;
  readonly Properties: JsonObject;
}

/**
 * InfraKit's role "group", for its clients. Every call but `commit` and `inspect` throws when there is no such group; the
 * message is for a person.
 */
export interface GroupRole {
  /** Takes on a declaration. With `pretend` nothing is changed. The text says what is (or would be) done. */
  commit(spec: GroupSpec, pretend: boolean): Promise<string>;
  /** Lets go of a group; its instances stay. */
  free(id: string): Promise<void>;
  describe(id: string): Promise<{ readonly instances: readonly Observed[]; readonly converged: boolean }>;
  /** Every declaration that is being kept. */
  inspect(): Promise<readonly GroupSpec[]>;
  /** Destroys the group's instances and forgets it. */
  destroy(id: string): Promise<void>;
  size(id: string): Promise<number>;
  /** 0 is a size like any other. */
  setSize(id: string, size: number): Promise<void>;
  /** Destroys these and makes the group smaller by as many. Throws, and changes nothing, when one of them is not its. */
  destroyInstances(id: string, instances: readonly string[]): Promise<void>;
}
