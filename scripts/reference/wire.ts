import {
  assessment,
  CONSOLE_PATH,
  consoleBody,
  EXEC_PATH,
  execBody,
  FRAME_BYTES,
  HINTS_PATH,
  LOGS_PATH,
  logsQuery,
  MAX_FRAME,
  methods,
  observed,
  PROTOCOL,
  servedFlavor,
  servedType,
  TOOL_PATH,
  toolBody,
} from "@muster/plugin";
import { schemaTable } from "./schema-table.ts";

/** Muster's own methods, from the schemas that check them. */
export function wirePage(): string {
  const entries = Object.values(methods).map(
    ({ name, summary, params, result }) =>
      `## ${name}\n\n${summary}\n\nParams:\n\n${schemaTable(params)}\n\nResult:\n\n${schemaTable(result)}\n`,
  );
  return `# The wire between Muster and a plugin

Protocol ${PROTOCOL}. A plugin is a process that listens on a unix socket in the plugin directory
(\`$MUSTER_PLUGIN_DIR\`, else \`$XDG_RUNTIME_DIR/muster/plugins\`, else \`~/.muster/plugins\`; directory 0700, socket 0600). The
socket's name is the plugin's name.

Requests are HTTP: \`POST /\` with \`Content-Type: application/json\` and a JSON-RPC 2.0 body; the answer is always status 200.
Ids come back digit for digit, also beyond 2^53. A failure is an \`error\` whose \`data.kind\` says what it means:
\`retryable\`, \`denied\`, \`invalid\`, \`conflict\`, \`no-space\`, \`unavailable\` (nothing was done) or \`unknown\` (it may have
been done; Muster looks before it tries again).

\`GET ${HINTS_PATH}\` is a stream of server-sent events: each has the name of a type as its data and says that something of
it may have changed. A hint that is lost costs time, never truth.

\`\`\`sh
curl --unix-socket "$MUSTER_PLUGIN_DIR/note" -H 'Content-Type: application/json' \\
  -d '{"jsonrpc":"2.0","id":1,"method":"muster/hello","params":{}}' http://plugin/
\`\`\`

${entries.join("\n")}
# What the methods speak of

## A type

One of \`types\` in the answer to \`muster/hello\`.

${schemaTable(servedType)}

## A flavor

One of \`flavors\` there.

${schemaTable(servedFlavor)}

## A thing

As \`provider/list\` and \`provider/read\` show it.

${schemaTable(observed)}

## An assessment

What \`provider/assess\` says of a step.

${schemaTable(assessment)}

# Streams

What a thing prints and shows, and what a command or a tool does there, is asked for beside the methods, of types that name
\`logs\`, \`exec\` or \`console\` in \`can\`, and the tool in \`tools\`.

The status is 200 once it is certain that there is something to tell; a plugin that has nothing to tell yet sends its headers
all the same, within a second (for a tool, within half a minute). Any other status comes with \`{"error":{"code","message","data":{"kind"}}}\`, as a method's
failure. A stream tells where it ends: it is chunked, or has a length. One that breaks off has failed, and Muster never takes
it for the end. When the client hangs up, nobody wants the rest: a command and a tool are ended, and a log is let go. Read no faster than
the client takes it.

## GET ${LOGS_PATH}

What the thing has printed, as it is (\`application/octet-stream\`), oldest first. As query parameters:

${schemaTable(logsQuery)}

## POST ${EXEC_PATH}

Runs a command where the thing runs. As \`application/json\`, and the command is given
nothing to read; or as \`application/vnd.muster.exec\`: the same JSON as one line, and then the bytes that the command reads, as they
come. The answer may end before all of them were read: keep the connection until the caller hangs up.

${schemaTable(execBody)}

The answer is one JSON object a line (\`application/x-ndjson\`), each of at most ${MAX_FRAME} characters:

| a line | says |
| --- | --- |
| \`{"out":"aGVsbG8K"}\` | printed on standard output: base64, of at most ${FRAME_BYTES} bytes as Muster's own plugins send it |
| \`{"err":"b3VjaAo="}\` | the same on standard error |
| \`{"end":{"kind":"exited","code":0}}\` | the last line: it ended by itself, with this code from 0 to 255 |
| \`{"end":{"kind":"killed","signal":"SIGTERM"}}\` | the last line: a signal ended it |
| \`{"failed":{"kind":"unknown","message":"…"}}\` | the last line: how it ended is not known, and why |

## POST ${CONSOLE_PATH}

What the thing shows on its console (\`application/octet-stream\`), oldest first: what the log tells, or more. As \`application/json\`; or, to type there,
as \`application/vnd.muster.exec\`: the same JSON as one line, and then the bytes that are typed, as they come. Without \`follow\` the
answer ends when all of them have been typed.

${schemaTable(consoleBody)}

## POST ${TOOL_PATH}

Uses a tool on the thing, and answers what comes of it (\`application/octet-stream\`): nothing of \`pause\`, \`continue\`, \`link\`, \`snapshot\` and
\`restore\`, which are done when the answer ends; a JSON object of numbers of \`stats\`; of \`trace\` pcap from now on, until the client hangs up; an
ELF core of \`core\`; the command to type of \`gdb\`. What the type does not name, and an argument that is not the tool's, is refused as \`invalid\` before anything is done: \`link\` takes
\`up\` or \`down\`; \`snapshot\` and \`restore\` take a name of letters, digits, \`.\`, \`_\` and \`-\`, at most 64, of which \`.\` and \`-\` cannot be the first; the others take none.

${schemaTable(toolBody)}

\`\`\`sh
curl --unix-socket "$MUSTER_PLUGIN_DIR/note" 'http://plugin${LOGS_PATH}?type=note&id=note-1&lines=10'
\`\`\`
`;
}
