/** A request and what came of it. Tokens are not kept. */
export interface Exchange {
  /** By the simulator's clock, in milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** As it was sent, without its query: a trailing slash is still there. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined where none was sent; its text where it is no JSON. */
  readonly body: unknown;
  /** Undefined where nothing was answered. */
  readonly status: number | undefined;
  /** Missing where it is empty. */
  readonly answer: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** What went wrong on purpose. */
  readonly fault: string | undefined;
}
