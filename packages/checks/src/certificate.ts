import { isIP } from "node:net";
import { messageOf, type Verdict } from "@muster/model";
import { endAfter } from "./ending.ts";
import { asking, noteLookup, verdictOnError, verdictOnSilence } from "./network.ts";
import { failed, unknown } from "./reason.ts";
import type { TcpProbe } from "./tcp.ts";

export interface CertificateQuestion extends TcpProbe {
  /** The name that it is asked for; missing: the host. */
  readonly name?: string | undefined;
}

export interface ShownCertificate {
  readonly kind: "shown";
  /** Why it is not good; undefined where it is. */
  readonly trouble: string | undefined;
  readonly daysLeft: number;
  readonly names: readonly string[];
  readonly issuer: string;
}

const DAY_MS = 86_400_000;

/** The certificate that a server shows, good or not; else why none was seen. Nothing is thrown. */
export async function askCertificate(
  { host, port, name, timeoutMs }: CertificateQuestion,
  signal: AbortSignal,
): Promise<ShownCertificate | Verdict> {
  const who = `${host}:${port}`;
  const asked = asking(who, host, timeoutMs);
  if (signal.aborted) return verdictOnSilence(asked, "let-go");
  const servername = name ?? host;
  try {
    // Who is not trusted is looked at all the same: that is what is asked.
    const options = { host, port, rejectUnauthorized: false, ...(isIP(servername) === 0 ? { servername } : {}) };
    const socket = process.getBuiltinModule("node:tls").connect(options);
    return await new Promise((resolve) => {
      const callOff = endAfter(timeoutMs, signal, (why) => answer(verdictOnSilence(asked, why)));
      const answer = (shown: ShownCertificate | Verdict) => {
        callOff();
        resolve(shown);
        socket.destroy();
      };
      noteLookup(asked, socket);
      socket.on("error", (thrown) => answer(verdictOnError(who, thrown)));
      socket.once("secureConnect", () => {
        const { valid_to, subjectaltname = "", issuer } = socket.getPeerCertificate();
        if (valid_to === undefined) return answer(failed(`${who} shows no certificate`));
        const trouble = socket.authorized ? undefined : String(socket.authorizationError);
        const daysLeft = Math.floor((Date.parse(valid_to) - Date.now()) / DAY_MS);
        const names = subjectaltname.split(", ").flatMap((each) => /^(?:DNS|IP Address):(.+)$/.exec(each)?.[1] ?? []);
        answer({ kind: "shown", trouble, daysLeft, names, issuer: [issuer.CN].flat()[0] ?? "" });
      });
    });
  } catch (thrown) {
    return unknown(`${who} could not be asked: ${messageOf(thrown)}`);
  }
}
