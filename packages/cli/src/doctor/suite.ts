/** Is this machine ready for Muster? The checks of that, as data: what each is for, and what to do where it does not hold. */
import type { CheckEntry } from "@muster/sdk";
import { machine, sockets, state } from "./always.ts";
import { engine, hints, images, machines, packages, plugins, services, ssh, token } from "./only.ts";
import type { Premises } from "./premises.ts";

export interface Question {
  /** Its title says what must hold. */
  readonly check: CheckEntry;
  /** What to do where it does not. */
  readonly next: string;
  /** Nothing is wrong where it does not hold, though its part is always needed. */
  readonly isAdvice?: true;
}

export interface Part {
  /** What it serves. */
  readonly serves: string;
  /** Muster does nothing without it. Of another part only what it serves is not to be had. */
  readonly always: boolean;
  readonly questions: readonly Question[];
}

export function suiteFor(premises: Premises): readonly Part[] {
  const parts = [
    always("this machine, and the state", [...machine(premises), ...state(premises)]),
    always("sockets, at which it is asked while it runs", sockets(premises)),
    only("hearing of changes at once", hints()),
    only("plugins that are there", plugins(premises)),
    only("containers: the type `container`", [engine(premises)]),
    only("machines: the type `vm`, `muster image run`", machines()),
    only("images of Linux, and guests in C: `muster image build`", images()),
    only("other machines: `muster verify --target ssh://…`", [ssh()]),
    only("checks of packages and services", [packages(), services()]),
    only("droplets: the type `droplet`", [token()]),
  ];
  return parts.filter(({ questions }) => questions.length > 0);
}

function always(serves: string, questions: readonly Question[]): Part {
  return { serves, always: true, questions };
}

function only(serves: string, questions: readonly Question[]): Part {
  return { serves, always: false, questions };
}
