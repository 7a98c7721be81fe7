import {
  type ApplicationText,
  buildApplication,
  help,
  run,
  text_en,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
  version,
} from "@stricli/core";
import type { Cli } from "./cli.ts";
import { routesFor } from "./routes.ts";
import { VERSION } from "./version.ts";

/** What went wrong: the words could not be understood, or the command threw. */
type Failure =
  | { readonly kind: "no-command"; readonly command: string; readonly nearest: string }
  | {
      readonly kind: "misuse";
      readonly code: "usage.unknown-option" | "usage.missing-argument";
      readonly detail: string;
    }
  | { readonly kind: "thrown"; readonly thrown: unknown };

/**
 * Runs a command and answers its exit code. stricli writes errors in words of its own, each as it comes; here they are
 * gathered instead, and printed as all of Muster's errors are.
 */
export async function runCommandLine(
  typed: readonly string[],
  outside: Omit<Cli, "process" | "exit">,
): Promise<number> {
  const words = asFlag(typed);
  const failures: Failure[] = [];
  let command = "muster";
  const remember = (prefix: readonly string[]): void => {
    command = prefix.join(" ");
  };
  const app = buildApplication(
    await routesFor(words),
    {
      name: "muster",
      scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
      localization: { text: textThatGathers(failures) },
    },
    {
      help: help({ brief: "Print this help and exit", defaultForRouteMap: true, formatting: FORMATTING }),
      version: version({ brief: "Print the version and exit", info: { currentVersion: VERSION } }),
      remember: { hooks: { "command:start": ({ result }) => remember(result.prefix) } },
    },
  );
  // What cannot be understood is not begun; the command itself says how far it has come.
  const exit = wantsDetails(words) ? { onFailure: EXIT_NOT_BEGUN } : {};
  const context: Cli = { ...outside, process: { stdout: outside.out, stderr: NOWHERE }, exit };
  await run(app, words, context);
  if (failures.length === 0) return Number(context.process.exitCode ?? 0);
  const code = await report(failures, words, command, outside);
  return context.exit.onFailure ?? code;
}

/** `help [COMMAND…]` and `version`, as many tools have them, are the flags. */
function asFlag(typed: readonly string[]): readonly string[] {
  const [first, ...others] = typed;
  if (first === "help") return [...others, "--help"];
  return first === "version" && others.length === 0 ? ["--version"] : typed;
}

const FORMATTING = {
  useAliasInUsageLine: false,
  onlyRequiredInUsageLine: false,
  caseStyle: "convert-camel-to-kebab",
} as const;

const NOWHERE = { write: () => undefined };

function textThatGathers(failures: Failure[]): ApplicationText {
  const add = (failure: Failure): string => {
    failures.push(failure);
    return "";
  };
  const gather = (thrown: unknown): string => add({ kind: "thrown", thrown });
  return {
    ...text_en,
    noCommandRegisteredForInput: ({ input, corrections }) => {
      const nearest = corrections.length === 0 ? "" : ` (did you mean ${corrections.join(" or ")}?)`;
      return add({ kind: "no-command", command: input, nearest });
    },
    exceptionWhileParsingArguments: (thrown) => {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      const lacks = thrown instanceof UnsatisfiedPositionalError || thrown instanceof UnsatisfiedFlagError;
      return add({ kind: "misuse", code: lacks ? "usage.missing-argument" : "usage.unknown-option", detail });
    },
    exceptionWhileRunningCommand: gather,
    exceptionWhileLoadingCommandFunction: gather,
    exceptionWhileLoadingCommandContext: gather,
    exceptionWhileRunningIntegrationHook: ({ exception }) => gather(exception),
    exceptionWhileRunningIntegrationFlag: ({ exception }) => gather(exception),
    commandErrorResult: gather,
  };
}

/** Prints the failures and answers the exit code. The error table is loaded here: what goes well does without it. */
async function report(
  failures: readonly Failure[],
  words: readonly string[],
  command: string,
  { err, env }: Pick<Cli, "err" | "env">,
): Promise<number> {
  const [{ MusterError }, { exitCodeFor, printErrors }] = await Promise.all([
    import("@muster/model"),
    import("./print/errors.ts"),
  ]);
  const thrownFor = (failure: Failure): unknown => {
    switch (failure.kind) {
      case "thrown":
        return failure.thrown;
      case "misuse":
        return new MusterError(failure.code, { detail: failure.detail, help: `${command} --help` });
      case "no-command": {
        const { command: word, nearest } = failure;
        // What leads there is understood, and has a help of its own.
        const before = words.slice(0, words.indexOf(word));
        return new MusterError("usage.unknown-command", {
          ...{ command: word, nearest, help: ["muster", ...before, "--help"].join(" ") },
        });
      }
    }
  };
  const thrown = failures.map(thrownFor);
  printErrors(thrown, { printer: err, json: wantsJson(words), debug: Boolean(env["MUSTER_DEBUG"]) });
  return exitCodeFor(thrown);
}

const EXIT_NOT_BEGUN = 1;

/** `apply --detailed-exitcodes`: its exit codes are others, also when the words could not be understood. */
function wantsDetails([command, ...words]: readonly string[]): boolean {
  return command === "apply" && words.some((word) => word === "--detailed-exitcodes" || word === "--detailedExitcodes");
}

/** Errors have the form that was asked for, also when the words could not be understood. */
function wantsJson(typed: readonly string[]): boolean {
  // What follows is somebody else's command.
  const words = typed.includes("--") ? typed.slice(0, typed.indexOf("--")) : typed;
  return words.includes("--output=json") || words.some((word, at) => word === "--output" && words[at + 1] === "json");
}
