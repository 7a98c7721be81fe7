import { resolve } from "node:path";
import { type TaggedType, TOOLS } from "@muster/plugin";
import { type Environment, lookIntoProcesses, openProcesses } from "@muster/provider-process";
import { portsOf, type VmProperties, type VmSettings, vmProperties, vmSettings } from "./properties.ts";

const LETTER = "v";

/**
 * A virtual machine that boots an image of one purpose, and outlives Muster.
 *
 * @param env where the hypervisor is looked for, and secrets are read
 */
export function vmIn(env: Environment): TaggedType<VmProperties, VmSettings> {
  const where = ({ dir }: VmSettings) => ({ dir: resolve(dir), letter: LETTER });
  return {
    known: "tags",
    name: "vm",
    summary: "A virtual machine that boots an image of one purpose, and outlives Muster",
    schema: vmProperties,
    settings: vmSettings,
    // Nothing inside can be changed: another image is another machine.
    effects: { log: "in-place" },
    settleMs: 0,
    local: true,
    ports: true,
    tools: TOOLS,
    startupMs: 60_000,
    exclusive: holds,
    async open(settings, io) {
      const { providerOf } = await import("./provider.ts");
      return providerOf(openProcesses(where(settings), { env, io }), settings, env);
    },
    async openToLook(settings, io) {
      const { providerOf } = await import("./provider.ts");
      return providerOf(lookIntoProcesses(where(settings), { env, io }), settings, env);
    },
  };
}

/** What no two machines can hold at once. A disk that is only read is nobody's. */
function holds({ ports, disks = [] }: VmProperties): readonly string[] {
  const written = disks.filter(({ readOnly }) => readOnly !== true);
  return [
    ...portsOf({ ports }).map(({ host }) => `tcp:${host}`),
    ...written.map(({ path }) => `disk:${resolve(path)}`),
  ];
}

/** With the environment of this process. */
export const vmType = vmIn(process.env);
