export { tellsGuestSuccess } from "./ending.ts";
export * from "./guests.ts";
export * from "./properties.ts";
export * from "./vm.ts";
