import type { Json, JsonObject } from "@muster/model";
import { z } from "zod";
import { type Action, ANYTHING, actionForm, type Droplet, dropletForm } from "./answers.ts";
import type { Answer, Link } from "./ask.ts";
import { failureOf } from "./failure.ts";
import { type Listing, listed } from "./pages.ts";

export interface Droplets {
  /**
   * All of the account; those that bear this tag; or those of exactly this name. Those with a GPU are not among them: the API
   * leaves them out.
   */
  list(by: { readonly tag?: string; readonly name?: string }, signal: AbortSignal): Promise<readonly Droplet[]>;
  /** Undefined where there is none, or none yet: one that was made just now may not be seen for a moment. */
  get(id: number, signal: AbortSignal): Promise<Droplet | undefined>;
  /** It has been accepted, and may fail all the same. Whether it did, the action tells. */
  create(body: JsonObject, signal: AbortSignal): Promise<Answer<Created>>;
  /** What is refused with 404 is not there. */
  destroy(id: number, signal: AbortSignal): Promise<Answer<unknown>>;
  /** Begins an action. What is refused with 422 may only have to wait for another one. */
  act(id: number, body: DropletAction, signal: AbortSignal): Promise<Answer<Action>>;
  /** Undefined where it is not seen, or not yet. */
  action(id: number, action: number, signal: AbortSignal): Promise<Action | undefined>;
}

export interface Created {
  readonly droplet: Droplet;
  /** The action that makes it; missing where none was told. */
  readonly action?: number;
}

/** Those that say nothing but their name. */
type PlainAction =
  | "enable_backups"
  | "disable_backups"
  | "enable_ipv6"
  // The API's description has forgotten it; today every new droplet is in a private network anyway.
  | "enable_private_networking"
  | "shutdown"
  | "power_off"
  | "power_on";

export type DropletAction =
  | { readonly type: PlainAction }
  | { readonly type: "resize"; readonly size: string; readonly disk: boolean }
  | { readonly type: "rename"; readonly name: string };

const page: Listing<{ droplets: Droplet[] }, Droplet> = {
  form: z.object({ droplets: z.array(dropletForm) }),
  items: ({ droplets }) => droplets,
  id: ({ id }) => id,
};

const oneDroplet = z.object({ droplet: dropletForm });
const oneAction = z.object({ action: actionForm });
const created = z.object({
  droplet: dropletForm,
  links: z.object({ actions: z.array(z.object({ id: z.int().positive(), rel: z.string() })).nullish() }).nullish(),
});

export function dropletsOf(link: Link): Droplets {
  return {
    list(by, signal) {
      const query = {
        ...(by.tag === undefined ? {} : { tag_name: by.tag }),
        ...(by.name === undefined ? {} : { name: by.name }),
      };
      const failing = "the droplets cannot be listed";
      return listed(link, { path: "/v2/droplets", query, signal, failing, right: "droplet:read" }, page);
    },

    async get(id, signal) {
      const failing = `droplet ${id} cannot be looked at`;
      const asked = { method: "GET", path: `/v2/droplets/${id}`, signal, failing, right: "droplet:read" } as const;
      const answer = await link.ask(asked, oneDroplet);
      if (answer.kind === "answered") return answer.value.droplet;
      if (answer.status === 404) return undefined;
      throw failureOf(answer);
    },

    async create(body, signal) {
      const failing = `no droplet can be made${named(body["name"])}`;
      const asked = { method: "POST", path: "/v2/droplets", body, signal, failing, right: "droplet:create" } as const;
      const answer = await link.ask(asked, created);
      if (answer.kind === "refused") return answer;
      const { droplet, links } = answer.value;
      const action = links?.actions?.find(({ rel }) => rel === "create")?.id;
      return { kind: "answered", value: action === undefined ? { droplet } : { droplet, action } };
    },

    destroy(id, signal) {
      const failing = `droplet ${id} cannot be destroyed`;
      return link.ask(
        { method: "DELETE", path: `/v2/droplets/${id}`, signal, failing, right: "droplet:delete" },
        ANYTHING,
      );
    },

    async act(id, body, signal) {
      const failing = `${body.type} cannot be begun on droplet ${id}`;
      const path = `/v2/droplets/${id}/actions`;
      const answer = await link.ask(
        { method: "POST", path, body, signal, failing, right: "droplet:update" },
        oneAction,
      );
      return answer.kind === "answered" ? { kind: "answered", value: answer.value.action } : answer;
    },

    async action(id, action, signal) {
      const failing = `action ${action} of droplet ${id} cannot be looked at`;
      const path = `/v2/droplets/${id}/actions/${action}`;
      const answer = await link.ask({ method: "GET", path, signal, failing, right: "droplet:read" }, oneAction);
      if (answer.kind === "answered") return answer.value.action;
      if (answer.status === 404) return undefined;
      throw failureOf(answer);
    },
  };
}

function named(name: Json | undefined): string {
  return typeof name === "string" ? ` with the name ${name}` : "";
}
