import { HINTS_PATH, methods, PROTOCOL } from "@muster/plugin";
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

${entries.join("\n")}`;
}
