/** What can be seen from outside: `http`, `addr`, `dns`, `certificate`. Asked from here, whatever the target is. */
import { isIP } from "node:net";
import { askCertificate } from "../certificate.ts";
import { type Found, found, none, untold } from "../check.ts";
import { askDns, RECORD_TYPES } from "../dns.ts";
import { askHttp, METHODS } from "../http.ts";
import type { FoundOf, Kind, Subject } from "../kind.ts";
import { probeTcp } from "../tcp.ts";
import { textsByName, timeoutOf } from "./system.ts";

const TIMEOUT = { is: "duration", meaning: "How long the answer may take; `5s` unless told" } as const;
const PATIENCE_MS = 5_000;

const urlSubject: Subject = {
  meaning: "Its address, `http:` or `https:`",
  schema: { type: "string", pattern: "^https?://" },
  fault(value) {
    const url = typeof value === "string" ? URL.parse(value) : null;
    return url?.protocol === "http:" || url?.protocol === "https:" ? undefined : "must be an http or https address";
  },
};

const PLACE = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:/[\]]+)):(\d{1,5})$/;

const placeSubject: Subject = {
  meaning: "A host and a port, as `db.example:5432` or `[::1]:5432`",
  schema: { type: "string", pattern: PLACE.source },
  fault(value) {
    const { host, port } = placeOf(String(value));
    return host !== "" && port >= 1 && port <= 65_535 ? undefined : "must be HOST:PORT";
  },
};

function placeOf(text: string): { host: string; port: number } {
  const [, six, name, port] = PLACE.exec(text) ?? [];
  return { host: six ?? name ?? "", port: Number(port ?? 0) };
}

/** What all properties are where nobody answered as he should; `reachable` and its like are told. */
function unanswered(verdict: { kind: string; reason?: string }, told: string): FoundOf {
  const why = verdict.reason ?? "";
  if (verdict.kind === "unknown") return () => untold(why);
  return (property): Found => (property === told ? found(false, why) : none(why));
}

export const http = {
  summary: "What a server answers over HTTP",
  subject: urlSubject,
  options: {
    method: { is: METHODS, meaning: "`GET` unless told" },
    requestHeaders: { is: "texts by name", meaning: "What is sent with the request" },
    socket: {
      is: "path",
      meaning: "A unix socket of this machine that is asked, in place of the host and port of the address",
    },
    timeout: TIMEOUT,
  },
  properties: {
    reachable: { is: "flag", meaning: "It answers, whatever it says" },
    status: {
      is: "status",
      meaning: "The status: a number, `2xx`, or a list of such; a redirect is not followed: it is its status",
    },
    body: { is: "content", meaning: "What it answers; 64 KiB at most" },
    headers: { is: "record", meaning: "The headers of the answer, by their names in lower case" },
    time: {
      is: "number",
      meaning: "The milliseconds from the question to the answer; to its end where `body` is asked too",
    },
  },
  asking: {
    where: "here",
    async ask({ subject, options, properties }, signal) {
      const question = {
        url: String(subject),
        method: typeof options["method"] === "string" ? options["method"] : "GET",
        headers: textsByName(options["requestHeaders"]),
        socket: typeof options["socket"] === "string" ? options["socket"] : undefined,
        timeoutMs: timeoutOf(options["timeout"], PATIENCE_MS),
      };
      const began = performance.now();
      const answer = await askHttp(question, properties.has("body"), signal);
      const time = Math.ceil(performance.now() - began);
      if (answer.kind !== "answer") return unanswered(answer, "reachable");
      const { status, headers, body } = answer;
      return (property) => {
        switch (property) {
          case "reachable":
            return found(true);
          case "status":
            return found(status);
          case "headers":
            return found(headers);
          case "time":
            return found(time);
          default:
            return body.whole ? found(body.text) : untold("the body is longer than the 64 KiB that are read");
        }
      };
    },
  },
} as const satisfies Kind;

export const addr = {
  summary: "Whether a connection to a port is taken",
  subject: placeSubject,
  options: { timeout: TIMEOUT },
  properties: { reachable: { is: "flag", meaning: "A connection is taken there" } },
  asking: {
    where: "here",
    async ask({ subject, options }, signal) {
      const place = { ...placeOf(String(subject)), timeoutMs: timeoutOf(options["timeout"], PATIENCE_MS) };
      const verdict = await probeTcp(place, signal);
      return verdict.kind === "pass" ? () => found(true) : unanswered(verdict, "reachable");
    },
  },
} as const satisfies Kind;

export const dns = {
  summary: "What a name resolves to",
  subject: {
    meaning: "The name",
    schema: { type: "string", minLength: 1 },
    fault: (value) =>
      typeof value === "string" && /^[^\s/:]+$/.test(value) && isIP(value) === 0 ? undefined : "must be a name",
  },
  options: {
    type: { is: RECORD_TYPES, meaning: "The type of record; both `A` and `AAAA` unless told" },
    server: {
      is: "text",
      meaning: "Who is asked, `ADDRESS` or `ADDRESS:PORT`; the servers of this machine unless told",
    },
    timeout: TIMEOUT,
  },
  properties: {
    resolves: { is: "flag", meaning: "There is such a record" },
    answers: { is: "texts", meaning: "What the records say" },
  },
  asking: {
    where: "here",
    async ask({ subject, options }, signal) {
      const type = RECORD_TYPES.find((each) => each === options["type"]);
      const server = typeof options["server"] === "string" ? options["server"] : undefined;
      const timeoutMs = timeoutOf(options["timeout"], PATIENCE_MS);
      const answer = await askDns({ name: String(subject), type, server, timeoutMs }, signal);
      if (answer.kind === "unknown") return () => untold(answer.reason);
      const { records } = answer;
      return (property) => {
        if (property === "resolves") return found(records.length > 0);
        return records.length > 0 ? found(records.toSorted()) : none(`${subject} does not resolve`);
      };
    },
  },
} as const satisfies Kind;

export const certificate = {
  summary: "The certificate that a server shows",
  subject: placeSubject,
  options: {
    name: { is: "text", meaning: "The name that it is asked for; the host unless told" },
    timeout: TIMEOUT,
  },
  properties: {
    valid: { is: "flag", meaning: "It is good for the name, signed by somebody trusted, and in its time" },
    daysLeft: { is: "number", meaning: "The whole days for which it is still good; below 0 when it is over" },
    names: { is: "texts", meaning: "The names that it is good for" },
    issuer: { is: "text", meaning: "The common name of who signed it" },
  },
  asking: {
    where: "here",
    async ask({ subject, options }, signal) {
      const place = { ...placeOf(String(subject)), timeoutMs: timeoutOf(options["timeout"], PATIENCE_MS) };
      const name = typeof options["name"] === "string" ? options["name"] : undefined;
      const shown = await askCertificate({ ...place, name }, signal);
      // Where none is shown, none is bad: a port that is closed is no certificate that is over.
      if (shown.kind !== "shown") return unanswered(shown, "reachable");
      return (property) => {
        switch (property) {
          case "valid":
            return found(shown.trouble === undefined, shown.trouble);
          case "daysLeft":
            return found(shown.daysLeft);
          case "names":
            return found(shown.names.toSorted());
          default:
            return found(shown.issuer);
        }
      };
    },
  },
} as const satisfies Kind;
