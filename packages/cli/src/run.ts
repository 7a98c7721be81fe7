import { MusterError } from "@muster/model";
import { type ApplicationText, ArgumentParseError, buildApplication, help, run, text_en, version } from "@stricli/core";
import type { Cli } from "./cli.ts";
import { exitCodeFor, printErrors } from "./print/errors.ts";
import { routesFor } from "./routes.ts";
import { VERSION } from "./version.ts";

/**
 * Runs a command and answers its exit code. stricli writes errors in words of its own, each as it comes; here they are
 * gathered instead, and printed as all of Muster's errors are.
 */
export async function runCommandLine(words: readonly string[], outside: Omit<Cli, "process">): Promise<number> {
  const failures: unknown[] = [];
  let command = "muster";
  const remember = (prefix: readonly string[]): void => {
    command = prefix.join(" ");
  };
  const app = buildApplication(
    await routesFor(words),
    {
      name: "muster",
      scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
      localization: { text: textThatGathers(failures, () => command) },
    },
    {
      help: help({ brief: "Print this help and exit", defaultForRouteMap: true, formatting: FORMATTING }),
      version: version({ brief: "Print the version and exit", info: { currentVersion: VERSION } }),
      remember: { hooks: { "command:start": ({ result }) => remember(result.prefix) } },
    },
  );
  const context: Cli = { ...outside, process: { stdout: outside.out, stderr: NOWHERE } };
  await run(app, words, context);
  if (failures.length === 0) return Number(context.process.exitCode ?? 0);
  printErrors(failures, { printer: outside.err, json: wantsJson(words), debug: Boolean(outside.env["MUSTER_DEBUG"]) });
  return exitCodeFor(failures);
}

const FORMATTING = {
  useAliasInUsageLine: false,
  onlyRequiredInUsageLine: false,
  caseStyle: "convert-camel-to-kebab",
} as const;

const NOWHERE = { write: () => undefined };

function textThatGathers(failures: unknown[], command: () => string): ApplicationText {
  const gather = (thrown: unknown): string => {
    failures.push(thrown);
    return "";
  };
  const misused = (detail: string): string =>
    gather(new MusterError("usage.unknown-option", { detail, help: `${command()} --help` }));
  return {
    ...text_en,
    noCommandRegisteredForInput: ({ input, corrections }) => {
      const nearest = corrections.length === 0 ? "" : ` (did you mean ${corrections.join(" or ")}?)`;
      return misused(`there is no command \`${input}\`${nearest}`);
    },
    exceptionWhileParsingArguments: (thrown) => {
      if (thrown instanceof ArgumentParseError && thrown.exception instanceof MusterError)
        return gather(thrown.exception);
      return misused(thrown instanceof Error ? thrown.message : String(thrown));
    },
    exceptionWhileRunningCommand: gather,
    exceptionWhileLoadingCommandFunction: gather,
    exceptionWhileLoadingCommandContext: gather,
    exceptionWhileRunningIntegrationHook: ({ exception }) => gather(exception),
    exceptionWhileRunningIntegrationFlag: ({ exception }) => gather(exception),
    commandErrorResult: gather,
  };
}

/** Errors have the form that was asked for, also when the words could not be understood. */
function wantsJson(words: readonly string[]): boolean {
  return words.includes("--output=json") || words.some((word, at) => word === "--output" && words[at + 1] === "json");
}
