/** A simulator for a test, whose every exchange is held against DigitalOcean's own description, where that is at hand. */
import { isObject, type JsonObject } from "@muster/model";
import { expect, onTestFinished } from "vitest";
import { description, type Violation } from "./description.ts";
import { type Exchange, type Simulator, type SimulatorOptions, startSimulator } from "./simulator/index.ts";

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Empty where nothing was sent. */
  readonly body: JsonObject;
}

export interface Simulated extends Simulator {
  /** Asks with the token that may do everything, unless told. Throws where nothing is answered. */
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answered>;
  /** What is wrong with what was asked: for tests that ask wrongly on purpose. */
  wrongRequests(): readonly Violation[];
}

/** Whether there is something to hold exchanges against. */
export const isDescribed = description() !== undefined;

if (!isDescribed) {
  process.stdout.write(
    "There is no description of DigitalOcean's API here: requests and answers are not held against it\n",
  );
}

/**
 * Starts one, and ends it with the test. The test fails where an answer is not as described, or where a request is not and
 * was granted all the same.
 *
 * @param asks `loosely`: what is asked need not be as described
 */
export async function simulated(
  options: SimulatorOptions = {},
  asks: "strictly" | "loosely" = "strictly",
): Promise<Simulated> {
  const violations: { readonly violation: Violation; readonly granted: boolean }[] = [];
  const simulator = await startSimulator({ ...options, onExchange: check });
  onTestFinished(() => simulator.close());
  onTestFinished(() => {
    const meant = violations.filter(({ violation, granted }) => {
      return violation.of === "answer" || (granted && asks === "strictly");
    });
    expect(meant.map(({ violation }) => violation)).toEqual([]);
  });

  function check(exchange: Exchange): void {
    const found = description()?.violationsOf(exchange) ?? [];
    const granted = exchange.status !== undefined && exchange.status < 400;
    violations.push(...found.map((violation) => ({ violation, granted })));
  }

  return Object.assign(simulator, {
    call: (method: string, path: string, body?: unknown, token = simulator.token) =>
      ask(simulator, method, path, body, token),
    wrongRequests: () => violations.map(({ violation }) => violation).filter(({ of }) => of === "request"),
  });
}

async function ask(
  simulator: Simulator,
  method: string,
  path: string,
  body: unknown,
  token: string,
): Promise<Answered> {
  const response = await fetch(new URL(path, simulator.url), {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const value: unknown = text === "" ? {} : JSON.parse(text);
  return { status: response.status, headers: response.headers, body: isObject(value) ? value : {} };
}

export const SMALL = { name: "web-1", region: "nyc3", size: "s-1vcpu-1gb", image: "debian-12-x64" };
