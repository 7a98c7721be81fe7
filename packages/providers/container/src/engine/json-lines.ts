import type { Json } from "@muster/model";

/** No event and no word of progress is longer. */
const LONGEST = 1024 * 1024;

/**
 * The JSON values that a stream consists of, a line each.
 *
 * @throws Error when a line is no JSON, or too long to be one
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Json> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line);
    if (rest.length > LONGEST) throw new Error(`a line has more than ${LONGEST} characters`);
  }
  if (rest.trim() !== "") yield JSON.parse(rest);
}
