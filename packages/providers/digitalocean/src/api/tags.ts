import { z } from "zod";
import { ANYTHING, type Tag, tagForm } from "./answers.ts";
import type { Answer, Link } from "./ask.ts";
import { failureOf } from "./failure.ts";
import { type Listing, listed } from "./pages.ts";

export interface TagsOfAccount {
  /** Undefined where there is none. */
  get(name: string, signal: AbortSignal): Promise<Tag | undefined>;
  /** All of the account, of which most may be Muster's marks. */
  list(signal: AbortSignal): Promise<readonly Tag[]>;
  /**
   * One that is there already is as good as made: the API does not tell them apart.
   *
   * @returns its name in the case of its first use, by which alone it is known
   */
  create(name: string, signal: AbortSignal): Promise<string>;
  /** Takes it off everything that bears it; what bore it stays. What is refused with 404 is not there. */
  destroy(name: string, signal: AbortSignal): Promise<Answer<unknown>>;
  /** Puts a tag that is there on a droplet. */
  put(name: string, droplet: number, signal: AbortSignal): Promise<void>;
  /** Takes a tag off a droplet; one that does not bear it stays so. */
  take(name: string, droplet: number, signal: AbortSignal): Promise<void>;
}

const one = z.object({ tag: tagForm });
const page: Listing<{ tags: Tag[] }, Tag> = {
  form: z.object({ tags: z.array(tagForm) }),
  items: ({ tags }) => tags,
  id: ({ name }) => name,
};

export function tagsOf(link: Link): TagsOfAccount {
  return {
    async get(name, signal) {
      const failing = `the tag ${name} cannot be looked at`;
      const answer = await link.ask({ method: "GET", path: at(name), signal, failing, right: "tag:read" }, one);
      if (answer.kind === "answered") return answer.value.tag;
      if (answer.status === 404) return undefined;
      throw failureOf(answer);
    },

    list(signal) {
      return listed(link, { path: "/v2/tags", signal, failing: "the tags cannot be listed", right: "tag:read" }, page);
    },

    async create(name, signal) {
      const failing = `the tag ${name} cannot be made`;
      const asked = { method: "POST", path: "/v2/tags", body: { name }, signal, failing, right: "tag:create" } as const;
      const answer = await link.ask(asked, one);
      if (answer.kind === "refused") throw failureOf(answer);
      return answer.value.tag.name;
    },

    destroy(name, signal) {
      const failing = `the tag ${name} cannot be destroyed`;
      return link.ask({ method: "DELETE", path: at(name), signal, failing, right: "tag:delete" }, ANYTHING);
    },

    async put(name, droplet, signal) {
      const failing = `the tag ${name} cannot be put on droplet ${droplet}`;
      const body = resources(droplet);
      const path = `${at(name)}/resources`;
      const answer = await link.ask({ method: "POST", path, body, signal, failing, right: "tag:create" }, ANYTHING);
      if (answer.kind === "refused") throw failureOf(answer);
    },

    async take(name, droplet, signal) {
      const failing = `the tag ${name} cannot be taken off droplet ${droplet}`;
      const body = resources(droplet);
      const path = `${at(name)}/resources`;
      const answer = await link.ask({ method: "DELETE", path, body, signal, failing, right: "tag:delete" }, ANYTHING);
      // Where there is no such tag, nothing bears it.
      if (answer.kind === "refused" && answer.status !== 404) throw failureOf(answer);
    },
  };
}

function at(name: string): string {
  return `/v2/tags/${encodeURIComponent(name)}`;
}

function resources(droplet: number) {
  return { resources: [{ resource_id: String(droplet), resource_type: "droplet" }] };
}
