export * from "./guests.ts";
