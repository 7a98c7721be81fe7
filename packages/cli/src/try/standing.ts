/** How a copy stands, for whoever could wait no longer. */
import type { GroupDetail } from "@muster/daemon";
import { isConverged, messageOf } from "@muster/model";
import type { Api } from "../client/api.ts";
import { reasonOf } from "../print/state.ts";

/** Of each group that is not as declared, what it waits for, and why its first member that is not ready is not. */
export async function standingOf(api: Api, stack: string): Promise<readonly string[]> {
  try {
    const views = (await api.groups()).filter((view) => view.stack === stack && !isDone(view));
    return (await Promise.all(views.map(({ name }) => api.group(stack, name)))).map(lineOf);
  } catch (thrown) {
    return [`how it stands could not be told: ${messageOf(thrown)}`];
  }
}

function isDone({ status }: Pick<GroupDetail, "status">): boolean {
  return status !== undefined && isConverged(status);
}

function lineOf({ name, status, members }: GroupDetail): string {
  const waiting = members.find(({ state, reason }) => state !== "ready" && reason !== undefined);
  const why = waiting === undefined ? "" : `: ${waiting.id ?? waiting.slot} is ${waiting.state}, ${waiting.reason}`;
  return `${name}: ${reasonOf({ status }) || "not as declared"}${why}`;
}
