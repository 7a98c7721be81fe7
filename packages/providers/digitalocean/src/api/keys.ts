import { z } from "zod";
import { ANYTHING, type Key, keyForm } from "./answers.ts";
import type { Answer, Link } from "./ask.ts";
import { type Listing, listed } from "./pages.ts";

/** The SSH keys of an account. The API lists them ten times a minute and no more. */
export interface Keys {
  list(signal: AbortSignal): Promise<readonly Key[]>;
  /** What is refused with 422 may be there already, under another name. */
  create(key: { readonly name: string; readonly public_key: string }, signal: AbortSignal): Promise<Answer<Key>>;
  /** What is refused with 404 is not there. */
  destroy(id: number, signal: AbortSignal): Promise<Answer<unknown>>;
}

const page: Listing<{ ssh_keys: Key[] }, Key> = {
  form: z.object({ ssh_keys: z.array(keyForm) }),
  items: ({ ssh_keys }) => ssh_keys,
  id: ({ id }) => id,
};

const one = z.object({ ssh_key: keyForm });
const PATH = "/v2/account/keys";

export function keysOf(link: Link): Keys {
  return {
    list(signal) {
      return listed(
        link,
        { path: PATH, signal, failing: "the SSH keys cannot be listed", right: "ssh_key:read" },
        page,
      );
    },

    async create(body, signal) {
      const failing = `the SSH key ${body.name} cannot be made`;
      const answer = await link.ask(
        { method: "POST", path: PATH, body, signal, failing, right: "ssh_key:create" },
        one,
      );
      return answer.kind === "answered" ? { kind: "answered", value: answer.value.ssh_key } : answer;
    },

    destroy(id, signal) {
      const failing = `the SSH key ${id} cannot be destroyed`;
      return link.ask({ method: "DELETE", path: `${PATH}/${id}`, signal, failing, right: "ssh_key:delete" }, ANYTHING);
    },
  };
}
