/** The door of those who only put single questions: they do not load what is known of checks. */
export * from "./command.ts";
export * from "./http.ts";
export { masked } from "./masked.ts";
export { askWeb, port, portOrText, refuseUnaskable, type WebQuestion, webProperties, webQuestion } from "./question.ts";
export * from "./ready.ts";
export { readable } from "./reason.ts";
export { type Ended, type Run, run } from "./run.ts";
export * from "./tcp.ts";
