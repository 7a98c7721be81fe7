/** What is answered, before it is put on the wire. */
export interface Answer {
  readonly status: number;
  /** Missing: an empty answer. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The short names of what went wrong, as the API gives them. */
const NAMES: Readonly<Record<number, string>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  422: "unprocessable_entity",
  429: "too_many_requests",
  500: "server_error",
  502: "bad_gateway",
  503: "service_unavailable",
};

export function failure(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: { id: NAMES[status] ?? "error", message }, headers };
}

/** Thrown by whoever finds that a request cannot be granted; nothing was changed. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`answered with ${answer.status}`);
    this.answer = answer;
  }
}

/** What was asked is understood, and cannot be. */
export function unprocessable(message: string): Refusal {
  return new Refusal(failure(422, message));
}

export function notFound(): Refusal {
  return new Refusal(failure(404, "The resource you were accessing could not be found."));
}

export const NO_CONTENT: Answer = { status: 204 };
