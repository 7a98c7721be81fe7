export type { Cli, Printer } from "./cli.ts";
export { main } from "./main.ts";
export { routesFor } from "./routes.ts";
export { runCommandLine } from "./run.ts";
