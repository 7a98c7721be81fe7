/** JSON whose numbers come out digit for digit as they went in: InfraKit's ids are larger than a number can hold. */

declare global {
  interface JSON {
    /** A text that `stringify` writes as it is. */
    rawJSON(text: string): object;
  }
}

/** Undefined when the text is not JSON. Numbers that would lose digits become what `exactJson` writes as they were. */
export function parseExactly(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
      const source = context?.source;
      if (typeof value !== "number" || source === undefined || String(value) === source) return value;
      return JSON.rawJSON(source);
    });
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

export function exactJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
