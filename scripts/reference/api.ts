import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PATHS } from "@muster/daemon";

/** Where the shapes are declared, and which of them a client sees. */
const SHAPES: readonly (readonly [file: string, names: readonly string[]])[] = [
  [
    "daemon/src/api.ts",
    [
      "Ping",
      "Readiness",
      "WithActor",
      "ApplyRequest",
      "ApplyAnswer",
      "PlanRequest",
      "DestroyRequest",
      "StackResources",
      "StackChecks",
      "AskChecksRequest",
      "GroupDetail",
      "GroupRequests",
      "GroupAnswer",
      "LogsQuery",
      "ExecRequest",
      "ExecFrame",
      "ConsoleRequest",
      "ToolRequest",
      "ReplaceRequest",
    ],
  ],
  ["plugin/src/contract.ts", ["Exit", "TOOLS", "Tool"]],
  [
    "model/src/plan.ts",
    ["StackPlan", "GroupPlan", "PlanStep", "StepEffect", "PlannedMember", "PlanGate", "PlanTrouble", "FilePlan"],
  ],
  [
    "model/src/resource-view.ts",
    [
      "ResourcesPlan",
      "ResourceStep",
      "ResourceEffect",
      "PropertyChange",
      "Price",
      "ReleasedResource",
      "UnmanagedThing",
      "ResourceStatus",
      "ResourceState",
    ],
  ],
  ["model/src/check-view.ts", ["ChecksView", "CheckStatus"]],
  ["model/src/resource.ts", ["Address", "CONSENTS", "Consent"]],
  ["runtime/src/resources/keep.ts", ["ResourcesView"]],
  ["runtime/src/view.ts", ["GroupView"]],
  ["engine/src/policy.ts", ["Policy", "RolloutPolicy", "RepairPolicy"]],
  ["model/src/status.ts", ["Status", "RolloutStatus", "Condition", "ConditionName", "MemberStatus", "MemberState"]],
  ["model/src/instance.ts", ["Observed", "Phase"]],
  ["daemon/src/api.ts", ["EventsQuery"]],
  ["store/src/contract.ts", ["JournalEntry"]],
  ["model/src/event.ts", ["Event", "EventDraft", "EVENT_TYPES", "EventType", "Cause"]],
  ["daemon/src/api.ts", ["PluginState", "PluginView", "Served", "ErrorBody", "WireError", "WirePlace"]],
  ["model/src/errors.ts", ["Place"]],
];

/** The daemon's HTTP API. Its shapes are shown as the code declares them. */
export function apiPage(): string {
  const group = `${PATHS.groups}/STACK/GROUP`;
  const routes = [
    ["GET", PATHS.ping, "", "`Ping`: who answers"],
    ["GET", PATHS.healthz, "", "200 while the process runs"],
    [
      "GET",
      PATHS.readyz,
      "",
      "`Readiness`: 200 when the store can be reached and every group was looked at once, else 503",
    ],
    ["POST", PATHS.apply, "`ApplyRequest`", "`ApplyAnswer`: written down, not yet carried out"],
    ["POST", PATHS.plan, "`PlanRequest`", "`StackPlan`: what `apply` would do; nothing is changed"],
    [
      "POST",
      PATHS.destroy,
      "`DestroyRequest`",
      "`ApplyAnswer`: begun; it is gone when `StackResources` has no line of it",
    ],
    ["GET", PATHS.resources, "", "`StackResources[]`"],
    ["GET", PATHS.checks, "", "`StackChecks[]`"],
    ["POST", PATHS.askChecks, "`AskChecksRequest`", "`StackChecks`: its checks were asked once more"],
    ["GET", PATHS.groups, "", "`GroupView[]`"],
    ["GET", group, "", "`GroupDetail`"],
    ["POST", `${group}/scale`, "`GroupRequests`", "`GroupAnswer`"],
    ["POST", `${group}/pause`, "`GroupRequests`", "`GroupAnswer`"],
    ["POST", `${group}/resume`, "`GroupRequests`", "`GroupAnswer`"],
    ["POST", `${group}/promote`, "`GroupRequests`", "`GroupAnswer`"],
    ["POST", `${group}/revert`, "`GroupRequests`", "`GroupAnswer`: begun"],
    ["POST", `${group}/free`, "`GroupRequests`", "`GroupAnswer`: the members stay"],
    ["POST", `${group}/destroy`, "`GroupRequests`", "`GroupAnswer`: begun, member by member"],
    ["POST", `${group}/destroy-instances`, "`GroupRequests`", "`GroupAnswer`: the group is smaller by as many"],
    ["GET", `${group}/instances/ID/logs`, "`LogsQuery`", "what it has printed, as it is (`application/octet-stream`)"],
    ["POST", `${group}/instances/ID/exec`, "`ExecRequest`", "`ExecFrame`, one a line (`application/x-ndjson`)"],
    [
      "POST",
      `${group}/instances/ID/console`,
      "`ConsoleRequest`",
      "what it shows, as it is (`application/octet-stream`)",
    ],
    [
      "POST",
      `${group}/instances/ID/tools/TOOL`,
      "`ToolRequest`",
      "what the tool gives (`application/octet-stream`): JSON, pcap, an ELF core, a command, or nothing",
    ],
    ["POST", `${group}/instances/ID/replace`, "`ReplaceRequest`", "`GroupAnswer`: begun"],
    ["POST", `${group}/instances/ID/quarantine`, "`ReplaceRequest`", "`GroupAnswer`: begun"],
    ["GET", PATHS.events, "`EventsQuery`", "`JournalEntry`, one a line (`application/x-ndjson`)"],
    ["GET", PATHS.plugins, "", "`PluginView[]`"],
  ];
  return `# The API of a running Muster

HTTP and JSON on the unix socket of \`muster serve\`, and of each \`watch\` and \`apply\` for its own stacks; nothing listens on a network.
[Where the sockets are](../guide/serve.md#where-the-sockets-are) the guide tells. Whoever may open the socket may do everything, and it
has mode 0600. The command line uses the same API.

| | path | takes | gives |
| --- | --- | --- | --- |
${routes.map((cells) => `| ${cells.map((cell, at) => (at === 1 ? `\`${cell}\`` : cell)).join(" | ")} |`).join("\n")}

A body is sent as \`application/json\`, \`EventsQuery\` and \`LogsQuery\` as query parameters. Names of stacks and groups, and ids, are percent-encoded. Every change names its \`actor\`,
who stands in the history; so does every \`exec\`, every tool and every console that is typed into. Logs, consoles and what commands and tools
give are streams that tell where they end: one that breaks off has failed. What a command reads, and what is typed into a console, comes after
the request, which is a line then: \`application/vnd.muster.exec\`. Whoever hangs up ends them at their source. Paths begin with \`/v1\`; within it answers only ever gain fields.

Any status but 200 comes with an \`ErrorBody\` ([all codes](errors.md)): 400 refused, 404 not there, 409 somebody else's, 500 failed.

## By example

${EXAMPLES}
## Shapes

As the code declares them; \`undefined\` means that the field is left out. \`Document\` is \`{ dialect: "muster" | "infrakit", data }\` with the stack
file's content as \`data\`; \`Json\` is any JSON, \`Tags\` a mapping from text to text.

\`\`\`ts
${SHAPES.flatMap(([file, names]) => names.map((name) => declarationOf(file, name))).join("\n\n")}
\`\`\`
`;
}

const EXAMPLES = readFileSync(join(import.meta.dirname, "api-examples.md"), "utf8");

/** The text of an exported type, or of a constant that one is made of, with its comment. */
function declarationOf(file: string, name: string): string {
  const source = readFileSync(join(import.meta.dirname, "../../packages", file), "utf8");
  const start = new RegExp(`^(export )?(interface|type|const) ${name}\\b`, "m").exec(source);
  if (start === null) throw new Error(`${file} declares no ${name}`);
  const before = source.slice(0, start.index);
  const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n$/.exec(before)?.[0] ?? "";
  const rest = source.slice(start.index);
  const end = start[2] === "interface" ? rest.indexOf("\n}\n") + 2 : rest.search(/;\n(?=\S|\n|$)/) + 1;
  return `${comment}${rest.slice(0, end)}`.replace(/^export /m, "");
}
