export { container, containerIn } from "./container.ts";
export type { ContainerProperties } from "./properties.ts";
export { type ContainerSettings, containerSettingsIn, socketOf as engineSocket } from "./settings.ts";
export { execInNamed } from "./shell.ts";
