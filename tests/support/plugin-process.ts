import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

/** Starts a plugin as a process of its own and resolves when it says that it serves. Ends with the test. */
export async function startPlugin(
  command: string,
  args: readonly string[],
  pluginDirectory: string,
): Promise<ChildProcess> {
  const child = spawn(command, args, {
    env: { ...process.env, MUSTER_PLUGIN_DIR: pluginDirectory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  onTestFinished(async () => void (await end(child)));
  for await (const line of createInterface({ input: child.stdout })) if (line.includes(" serves ")) return child;
  throw new Error(`the plugin ended before it served: ${complaints}`);
}

/** Asks a process to end, as Ctrl-C in another terminal would, and waits for it. @returns its exit code. */
export async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
  return child.exitCode;
}
