/** Checks, asked when somebody wants to know: `/healthz` for what must have one word, `/metrics` for what must have all. */
import { basename } from "node:path";
import { type Report, type Result, reportAs, statementText } from "@muster/checks";
import { keepSocket, type Listener } from "@muster/daemon";
import { MusterError } from "@muster/model";
import { clearSocketPath } from "@muster/plugin";
import { systemClock } from "@muster/runtime";
import type { Cli } from "../cli.ts";
import { VERSION } from "../version.ts";
import { durationFlag } from "../work/duration-flag.ts";
import { listenForEnd, untilAborted } from "../work/ending.ts";
import { type Address, type AddressFlags, addressOf, addressText } from "./address.ts";
import { type Asking, askParts } from "./asked.ts";
import { keepReports, type ToKeep } from "./kept.ts";
import { type Answer, listenAt } from "./listen.ts";
import type { Part } from "./parts.ts";
import { openRounds } from "./rounds.ts";

export interface ServeFlags extends AddressFlags {
  readonly cache?: string;
}

const CACHE_MS = 5_000;

export async function serveChecks(
  cli: Cli,
  flags: ServeFlags,
  files: readonly string[],
  parts: readonly Part[],
  asking: Asking,
): Promise<void> {
  const address = addressOf(cli, flags);
  const holdsMs = durationFlag("--cache", flags.cache) ?? CACHE_MS;
  const ending = listenForEnd();
  const over = AbortSignal.any([ending.asked, cli.out.closed]);
  const keep = asking.isWhole ? keeping(cli) : async () => undefined;
  const rounds = openRounds(
    async () => {
      const asked = await askParts(parts, asking, over);
      if (!over.aborted) await keep(asked.parts);
      return asked.whole;
    },
    holdsMs,
    Date.now,
  );
  const served = await serveAt(address, (path) => answerTo(path, rounds.latest), cli);
  const what = files.map((file) => basename(file)).join(", ");
  cli.out.write(`muster ${VERSION} · checks of ${what} at ${served.at} · /healthz, /metrics\n`);
  try {
    await untilAborted(over);
  } finally {
    await served.close();
    ending.forget();
  }
}

async function serveAt(
  address: Address,
  answer: (path: string) => Promise<Answer>,
  { err }: Cli,
): Promise<{ readonly at: string; close(): Promise<void> }> {
  if (address.kind === "tcp") {
    const { port = address.port, close } = await listenAt(address, answer);
    return { at: addressText({ ...address, port }), close };
  }
  const { path } = address;
  const listen = async (): Promise<Listener> => {
    await clearedPath(path);
    return listenAt(address, answer);
  };
  const onTrouble = (message: string) => err.write(`${message}\n`);
  return { at: path, close: (await keepSocket({ path, clock: systemClock, listen, onTrouble })).close };
}

async function clearedPath(path: string): Promise<void> {
  try {
    await clearSocketPath(path);
  } catch (thrown) {
    if (!(thrown instanceof MusterError) || thrown.code !== "plugin.socket-taken") throw thrown;
    throw new MusterError("checks.not-served", { address: path, detail: "somebody answers there" }, { cause: thrown });
  }
}

const JSON_TYPE = "application/json";
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

async function answerTo(path: string, latest: () => Promise<Report>): Promise<Answer> {
  switch (path) {
    case "/healthz": {
      const report = await latest();
      const healthy = isHealthy(report);
      return { status: healthy ? 200 : 503, type: JSON_TYPE, body: `${JSON.stringify(healthOf(report, healthy))}\n` };
    }
    case "/metrics":
      return { status: 200, type: METRICS_TYPE, body: reportAs("prometheus", await latest(), (_, text) => text) };
    default:
      return { status: 404, type: JSON_TYPE, body: '{"paths":["/healthz","/metrics"]}\n' };
  }
}

/** What nobody could tell is no pass, here too. */
function isHealthy({ counts }: Report): boolean {
  return counts.fail === 0 && counts.unknown === 0;
}

/** So many that do not pass are named. */
const NAMED = 10;

function healthOf({ counts, results, at }: Report, healthy: boolean): object {
  const others = results.filter(({ verdict }) => verdict !== "pass").slice(0, NAMED);
  const named = others.map((result) => ({ verdict: result.verdict, statement: statementText(result) }));
  return { healthy, ...counts, at: new Date(at).toISOString(), ...(healthy ? {} : { notPassing: named }) };
}

/** Of rounds that follow each other those are kept that tell something else than the one before. */
function keeping(cli: Cli): (reports: readonly ToKeep[]) => Promise<void> {
  const last = new Map<string, string>();
  return async (reports) => {
    const news = reports.filter(({ subject, report }) => {
      const word = report.results.map(wordOf).join("\n");
      const isNew = last.get(subject) !== word;
      last.set(subject, word);
      return isNew;
    });
    if (news.length > 0) await keepReports(cli, news);
  };
}

function wordOf(result: Result): string {
  return `${result.verdict} ${statementText(result)} ${result.target}`;
}
