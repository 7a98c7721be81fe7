import type { Answer } from "./answer.ts";

const USUAL = 20;
const MOST = 200;

/**
 * One page of a list, with `links` to the others and `meta`. Whoever asks for more than 200 gets 200.
 *
 * @param url the request as it came, with its query: links keep what else is in it
 * @param key what the list is called in the answer
 * @param all what is on all pages together
 * @param view how the answer shows one of them
 */
export function page<T>(url: URL, key: string, all: readonly T[], view: (one: T) => object): Answer {
  const size = Math.min(whole(url, "per_page", USUAL), MOST);
  const number = whole(url, "page", 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const links = { ...backward(url, number), ...forward(url, number, last) };
  return {
    status: 200,
    body: {
      [key]: all.slice((number - 1) * size, number * size).map(view),
      links: Object.keys(links).length === 0 ? {} : { pages: links },
      meta: { total: all.length },
    },
  };
}

function backward(url: URL, number: number): Readonly<Record<string, string>> {
  return number <= 1 ? {} : { first: link(url, 1), prev: link(url, number - 1) };
}

function forward(url: URL, number: number, last: number): Readonly<Record<string, string>> {
  return number >= last ? {} : { next: link(url, number + 1), last: link(url, last) };
}

function link(url: URL, number: number): string {
  const other = new URL(url);
  other.searchParams.set("page", String(number));
  return other.href;
}

/** What is no number counts as not said. */
function whole(url: URL, name: string, otherwise: number): number {
  const text = url.searchParams.get(name) ?? "";
  return /^[1-9]\d*$/.test(text) ? Number(text) : otherwise;
}
