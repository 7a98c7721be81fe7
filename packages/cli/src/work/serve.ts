import type { Cli } from "../cli.ts";
import type { OutputFlags, SetFlags } from "../commands/flags.ts";
import { pluginDirectory, serveSocket } from "../places.ts";
import { VERSION } from "../version.ts";
import { ENDING, listenForEnd, untilAborted } from "./ending.ts";
import { membersLeft } from "./farewell.ts";
import { openHost } from "./host.ts";
import { settingsOf } from "./settings.ts";
import { openStage } from "./stage.ts";

/** Keeps whatever is applied, until it is asked to end. What was made stays. */
export async function serve(this: Cli, flags: OutputFlags & SetFlags): Promise<void> {
  const settings = settingsOf(this, flags);
  const stage = openStage(this, flags.output);
  const ending = listenForEnd();
  // Where it serves is said first, whatever its stacks have to tell meanwhile.
  const said = Promise.withResolvers<void>();
  try {
    const host = await openHost(this, settings, {
      command: "serve",
      stacks: "all",
      socket: serveSocket(this.env),
      groupSocket: true,
      onEvent: stage.event,
      onStatus: stage.status,
      onResources: (stack, view) => void said.promise.then(() => stage.resources(stack, view)),
      onNotice: stage.notice,
    });
    stage.say(`muster ${VERSION} · serving at ${host.daemon.socket} · plugins in ${pluginDirectory(this.env)}`);
    said.resolve();
    await untilAborted(ending.asked, this.out.closed);
    stage.end();
    stage.say(ENDING);
    const count = [...membersLeft(host.daemon).values()].reduce((sum, each) => sum + each, 0);
    await host.close();
    const staying = count === 1 ? " 1 instance stays." : ` ${count} instances stay.`;
    stage.say(`Ended.${count === 0 ? "" : staying}`);
  } finally {
    stage.end();
    ending.forget();
  }
}
