/** What a plugin can be spoken to in: Muster's own methods, and what InfraKit's programs of four years spoke. */
export type Dialect = "muster" | "walk-through" | "v0.1" | "v0.5" | "master";

export const SPOKEN: readonly Dialect[] = ["muster", "walk-through", "v0.1", "v0.5", "master"];

/** InfraKit's dialects with a handshake; the walk-through's has none. `v0.1` is v0.1 to v0.2, `v0.5` is v0.3 to v0.5. */
export type Era = Extract<Dialect, "v0.1" | "v0.5" | "master">;
export const ERAS: readonly Era[] = ["v0.1", "v0.5", "master"];

export type Role = "Instance" | "Flavor" | "Group" | "Metadata";

/** The versions of each role's interface that an era's programs accept: they must match exactly. */
export const VERSIONS: Readonly<Record<Era, Readonly<Record<Role, readonly string[]>>>> = {
  "v0.1": { Instance: ["0.1.0"], Flavor: ["0.1.0"], Group: ["0.1.0"], Metadata: [] },
  "v0.5": { Instance: ["0.5.0", "0.3.0"], Flavor: ["0.1.0"], Group: ["0.1.0"], Metadata: ["0.1.0"] },
  master: { Instance: ["0.6.1"], Flavor: ["0.1.1"], Group: ["0.1.1"], Metadata: ["0.1.1"] },
};

/** How a plugin that serves one thing only calls it. */
export const ITSELF = ".";
