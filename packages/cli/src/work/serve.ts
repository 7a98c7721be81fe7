import type { Cli } from "../cli.ts";
import type { OutputFlags, SetFlags } from "../commands/flags.ts";
import { pluginDirectory, serveSocket } from "../places.ts";
import { VERSION } from "../version.ts";
import { listenForEnd, untilAborted } from "./ending.ts";
import { membersLeft } from "./farewell.ts";
import { openHost } from "./host.ts";
import { settingsOf } from "./settings.ts";
import { openStage } from "./stage.ts";

/** Keeps whatever is applied, until it is asked to end. What was made stays. */
export async function serve(this: Cli, flags: OutputFlags & SetFlags): Promise<void> {
  const settings = settingsOf(this, flags);
  const stage = openStage(this, flags.output);
  const ending = listenForEnd();
  try {
    const host = await openHost(this, settings, {
      command: "serve",
      stacks: "all",
      socket: serveSocket(this.env),
      groupSocket: true,
      onEvent: stage.event,
      onStatus: stage.status,
      onNotice: stage.notice,
    });
    stage.say(`muster ${VERSION} · serving at ${host.daemon.socket} · plugins in ${pluginDirectory(this.env)}`);
    await untilAborted(ending.asked, this.out.closed);
    stage.end();
    stage.say("Ending: what is in flight is finished first. (Ctrl-C again ends at once.)");
    const count = [...membersLeft(host.daemon).values()].reduce((sum, each) => sum + each, 0);
    await host.close();
    const staying = count === 1 ? " 1 instance stays." : ` ${count} instances stay.`;
    stage.say(`Ended.${count === 0 ? "" : staying}`);
  } finally {
    stage.end();
    ending.forget();
  }
}
