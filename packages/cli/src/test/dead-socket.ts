import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod } from "node:fs/promises";

/** A socket as a killed process leaves it behind: nobody listens there any more. */
export async function leaveSocket(path: string): Promise<void> {
  const listen = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
  await once(spawn(process.execPath, ["-e", listen, path], { stdio: "ignore" }), "exit");
  await chmod(path, 0o600);
}
