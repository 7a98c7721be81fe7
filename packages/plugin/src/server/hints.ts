import type { HttpReply } from "../wire/http-server.ts";
import type { Plugin } from "./plugin.ts";

/** A stream that names a type whenever something of it may have changed. */
export function hints({ types }: Plugin): HttpReply {
  return {
    kind: "events",
    run(send, signal) {
      for (const { type, provider } of types) {
        provider.watch?.(
          onceATurn(() => send(`data: ${type.name}\n\n`)),
          signal,
        );
      }
    },
  };
}

/** A burst of hints says no more than one: those of one turn are sent as one. */
function onceATurn(send: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      send();
    });
  };
}
