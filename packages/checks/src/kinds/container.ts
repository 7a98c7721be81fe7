/** A container of an engine at the target: `container`. Its command line is asked there: it speaks for whoever may ask it. */
import { isObject, type Json } from "@muster/model";
import { type Found, found, none, untold } from "../check.ts";
import { factOf, type RunQuestion } from "../facts.ts";
import { type Asked, type Kind, oneOfForm } from "../kind.ts";
import { nameSubject } from "./subjects.ts";

const ENGINES = ["docker", "podman"] as const;
/** Of both engines; the second row is Podman's alone. */
const STATUSES = [
  ...["created", "running", "paused", "restarting", "removing", "exited", "dead"],
  ...["configured", "initialized", "stopping", "stopped"],
];
const TIMEOUT_MS = 10_000;
/** What the script exits with, where no engine has told of the container. */
const ABSENT = 3;
const NO_ENGINE = 4;

/** Both engines fill in the same template. */
const TEMPLATE = ["{{json .State}}", "{{json .Config.Image}}", "{{json .RestartCount}}"].join('{{"\\n"}}');

const SCRIPT = `end=${NO_ENGINE}
for engine in $2; do
  command -v "$engine" >/dev/null 2>&1 || continue
  "$engine" container inspect --format "$3" "$1" 2>/dev/null && exit 0
  if why=$("$engine" container ls -q 2>&1 >/dev/null); then [ "$end" = 5 ] || end=${ABSENT}
  else end=5; printf '%s: %s\\n' "$engine" "$why" >&2; fi
done
exit "$end"`;

export const container = {
  summary: "A container of Docker or Podman; the engine's command line is asked",
  subject: nameSubject("Its name or id", /^[A-Za-z0-9][\w.-]*$/, "the name of a container"),
  options: { engine: { is: ENGINES, meaning: "Whose container it is; any of both unless told" } },
  properties: {
    exists: { is: "flag", meaning: "There is such a container, whatever its state" },
    running: { is: "flag", meaning: "It runs" },
    status: {
      ...{ is: "text", meaning: "`created`, `running`, `paused`, `restarting`, `exited`, `dead`" },
      form: oneOfForm(STATUSES),
    },
    image: { is: "text", meaning: "The image that it was made of, as it was named" },
    health: {
      ...{ is: "text", meaning: "What its health check says: `starting`, `healthy`, `unhealthy`" },
      form: oneOfForm(["starting", "healthy", "unhealthy"]),
    },
    exit: { is: "number", meaning: "What it exited with; nothing of one that runs" },
    restarts: { is: "number", meaning: "How often its engine has started it again" },
  },
  asking: {
    where: "target",
    needs: (asked) => [{ ask: "run", of: questionOf(asked) }],
    found(property, asked, facts) {
      const ran = factOf(facts, "run", questionOf(asked));
      if (ran.kind !== "known") return untold(ran.kind === "none" ? "it was not asked" : ran.why);
      const { exit, late, stdout, stderr } = ran.value;
      if (late) return untold(`no engine answered within ${TIMEOUT_MS / 1_000} s`);
      if (exit === ABSENT) return property === "exists" ? found(false) : none(`there is no container ${asked.subject}`);
      if (exit === NO_ENGINE) return untold("there is no docker or podman that could be asked");
      if (exit !== 0 || !stdout.whole) return untold(stderr.text.trim() || "its engine did not tell of it");
      return foundIn(property, stdout.text);
    },
  },
} as const satisfies Kind;

function questionOf({ subject, options }: Pick<Asked, "subject" | "options">): string {
  const engines = options["engine"] === undefined ? ENGINES.join(" ") : String(options["engine"]);
  const command = ["sh", "-c", SCRIPT, "sh", String(subject), engines, TEMPLATE];
  return JSON.stringify({ command, timeoutMs: TIMEOUT_MS } satisfies RunQuestion);
}

function foundIn(property: string, told: string): Found {
  const [state, image, restarts] = told.split("\n").map(jsonIn);
  if (!isObject(state)) return untold("its engine told something else than its state");
  const known = (value: Json | undefined, what: string) => (value == null ? none(`${what}`) : found(value));
  switch (property) {
    case "exists":
      return found(true);
    case "running":
      return found(state["Running"] === true);
    case "status":
      return known(state["Status"], "it has no status");
    case "image":
      return known(image, "it has no image");
    case "restarts":
      return known(restarts, "its restarts are not counted");
    case "exit":
      return state["Running"] === true ? none("it runs") : known(state["ExitCode"], "it never ran");
    default: {
      // Podman called it otherwise once.
      const health = state["Health"] ?? state["Healthcheck"];
      const status = isObject(health) ? health["Status"] : undefined;
      return status === "" || status === undefined ? none("it has no health check") : found(status);
    }
  }
}

function jsonIn(line: string): Json | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
