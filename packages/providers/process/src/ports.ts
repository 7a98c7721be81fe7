import { listeningPorts, ProviderError } from "@muster/plugin";

/** Throws `retryable` where somebody listens there. Who, is not known. */
export function assertNobodyListens(declared: number | string | undefined): void {
  const port = declared === undefined ? undefined : Number(declared);
  if (port === undefined || !listeningPorts().has(port)) return;
  throw new ProviderError("retryable", `port: somebody listens on ${port} already`);
}
