/** The door of the simulator: DigitalOcean's API on the loopback, for tests and for whoever has no account. */
export type { Image, Region, Size } from "./catalog.ts";
export { logicalClock, realClock, type SimulatorClock } from "./clock.ts";
export type { BackupPolicy, Droplet, DropletStatus } from "./droplet.ts";
export type { Exchange } from "./exchange.ts";
export { type ActionFault, type Befalls, type Faults, HOST_FULL, type RequestFault } from "./faults.ts";
export { DOCUMENTED_LIMITS, type LimitSettings } from "./limits.ts";
export type { Given, Panel } from "./panel.ts";
export { type Simulator, type SimulatorOptions, type SimulatorState, startSimulator } from "./simulator.ts";
export { EVERYTHING, READING, type Rights } from "./tokens.ts";
export {
  type Action,
  type Domain,
  type DomainRecord,
  type SshKey,
  type Tag,
  type Times,
  USUAL_TIMES,
} from "./world.ts";
