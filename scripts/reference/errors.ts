import { type ErrorCode, errorTable, exitCodeOf } from "@muster/model";

/** Every error a person can see, from the one table. */
export function errorsPage(): string {
  const codes = Object.keys(errorTable) as ErrorCode[];
  const entries = codes.map((code) => {
    const { says, next } = errorTable[code];
    return `## ${code}\n\n> ${plain(says)}\n\n${plain(next)}\n\nExit code ${exitCodeOf(code)}.\n`;
  });
  return `# Errors

Every error has a code, which never changes its meaning. \`{words}\` are filled in where the error is raised. At the command
line an error is printed as

\`\`\`
error[CODE]: what happened
  at FILE:LINE:COLUMN (path in the document)
  next: what to do
\`\`\`

With \`--output json\` all of them are one line of JSON, on standard error too; \`place\` is there where there is one:

\`\`\`json
{"errors":[{"code":"CODE","message":"what happened","next":"what to do","place":{"file":"FILE","line":1,"column":1}}]}
\`\`\`

Exit codes: 0 done; 1 failed; 2 used wrongly, or the declaration is invalid, and nothing was touched; 3 from
\`plan\`: there is something to do; 4 could not tell.

${entries.join("\n")}`;
}

/** Angle brackets would be taken for HTML. */
function plain(text: string): string {
  return text.replaceAll("<", "&lt;");
}
