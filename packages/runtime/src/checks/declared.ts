/** The checks of a stack and of its resources: what is asked as long as somebody keeps it. */
import { type Address, type Check, hashPlain, type Stack } from "@muster/model";

export interface Watched {
  /** The same check of the same thing, over restarts and other declarations. */
  readonly key: string;
  /** The resource that it is of; undefined: it is of the stack. */
  readonly resource: Address | undefined;
  readonly check: Check;
}

export function watchedIn({ checks, resources }: Stack): readonly Watched[] {
  const own = checks.map((check) => watched(undefined, check));
  const others = Object.values(resources).flatMap(({ address, checks: its }) =>
    its.map((check) => watched(address, check)),
  );
  return [...new Map([...own, ...others].map((each) => [each.key, each])).values()];
}

function watched(resource: Address | undefined, check: Check): Watched {
  return { key: hashPlain({ resource: resource ?? null, ...check }).slice(0, 16), resource, check };
}
