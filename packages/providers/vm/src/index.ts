export * from "./properties.ts";
export * from "./vm.ts";
