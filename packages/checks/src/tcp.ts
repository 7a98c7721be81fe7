import { connect } from "node:net";
import { messageOf, PASS, type Verdict } from "@muster/model";
import { endAfter } from "./ending.ts";
import { asking, noteLookup, verdictOnError, verdictOnSilence } from "./network.ts";
import { unknown } from "./reason.ts";

export interface TcpProbe {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** In milliseconds. */
  readonly timeoutMs: number;
}

/** Does somebody listen there? The connection is closed as soon as it is taken. Nothing is thrown. */
export async function probeTcp({ host, port, timeoutMs }: TcpProbe, signal: AbortSignal): Promise<Verdict> {
  const who = `${host}:${port}`;
  const asked = asking(who, host, timeoutMs);
  if (signal.aborted) return verdictOnSilence(asked, "let-go");
  try {
    const socket = connect({ host, port });
    return await new Promise((resolve) => {
      const callOff = endAfter(timeoutMs, signal, (why) => answer(verdictOnSilence(asked, why)));
      const answer = (verdict: Verdict) => {
        callOff();
        resolve(verdict);
        socket.destroy();
      };
      noteLookup(asked, socket);
      socket.on("error", (thrown) => answer(verdictOnError(who, thrown)));
      socket.once("connect", () => answer(PASS));
    });
  } catch (thrown) {
    return unknown(`${who} could not be asked: ${messageOf(thrown)}`);
  }
}
