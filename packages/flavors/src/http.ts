import { refuseUnaskable } from "@muster/checks/probes";
import { type Flavor, presence } from "@muster/plugin";
import { z } from "zod";
import { streaks } from "./streaks.ts";
import type { Environment } from "./surroundings.ts";
import { timeoutOf, timeoutText } from "./timeout.ts";
import { askAbout, questionProperties } from "./web-question.ts";

const TIMEOUT_MS = 1_000;
const MOST_MS = 30_000;

export const httpProperties = z
  .strictObject({
    ...questionProperties,
    timeout: timeoutText(MOST_MS, "How long the whole answer may take; `1s` unless told, `30s` at most"),
    failures: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe(
        "So often in a row it must fail before it is called failing, and until then it is unknown; 1 unless told",
      ),
  })
  .superRefine(refuseUnaskable);
export type HttpProperties = z.infer<typeof httpProperties>;

/** A member that runs is healthy when it answers a request as it should. */
export function httpIn(env: Environment): Flavor<HttpProperties> {
  const streak = streaks();
  return {
    name: "http",
    summary: "Healthy are those that answer a request over HTTP as they should",
    schema: httpProperties,
    effects: {
      ...{ url: "in-place", port: "in-place", path: "in-place", method: "in-place", headers: "in-place" },
      ...{ status: "in-place", body: "in-place", timeout: "in-place", failures: "in-place" },
    },

    async health(observed, flavor) {
      const present = presence(observed);
      if (present.kind !== "pass") return present;
      const verdict = await askAbout(flavor, env, timeoutOf(flavor.timeout, TIMEOUT_MS), NEVER);
      // Ids are unique among the things of one provider, and a combo may ask the same member twice.
      const { "muster.stack": stack = "", "muster.owner": group = "" } = observed.tags;
      const key = JSON.stringify([stack, group, observed.id, flavor.url, flavor.port, flavor.path]);
      return streak.judge(key, verdict, flavor.failures ?? 1);
    },
  };
}

const NEVER = new AbortController().signal;
