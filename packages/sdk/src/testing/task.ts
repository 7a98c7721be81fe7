/** A task that nobody carries out: it is due once, and done from then on. */
import { type JsonObject, ownOf } from "@muster/model";
import type { TaskType } from "@muster/plugin";
import { simulatedSettings } from "./settings.ts";

/** A task as it was begun. */
export interface Run {
  readonly type: string;
  readonly id: string;
  readonly properties: JsonObject;
}

/** @param runs whatever was begun in this world: this adds to it */
export function simulatedTask(type: TaskType, runs: Run[]): TaskType {
  const { name, naming } = type;
  const idOf = (want: JsonObject) => String(ownOf(want, naming));
  const isDone = (id: string) => runs.some((run) => run.type === name && run.id === id);
  return {
    ...type,
    settings: simulatedSettings(type.settings),
    open: async () => ({
      scope: "simulated",
      async due(want) {
        if (want["refreshOnly"] === true || isDone(idOf(want))) return undefined;
        return "it was never run";
      },
      async run(want) {
        runs.push({ type: name, id: idOf(want), properties: want });
      },
    }),
  };
}
