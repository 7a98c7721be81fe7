/** What a person sees of tries while they are under way. */
import type { Cli } from "../cli.ts";
import { liveLine } from "../print/live-line.ts";
import { plain } from "../print/paint.ts";
import type { Prepared } from "./prepare.ts";
import type { StepName } from "./result.ts";

export interface Telling {
  step(one: Prepared, text: string): void;
  begin(one: Prepared, step: StepName): void;
  /** Nothing more comes of it. */
  done(one: Prepared): void;
  end(): void;
}

/** What is told of several at once is told when each has ended, and whole: nothing of one stands between another's lines. */
export function tellPeople({ out }: Cli, atOnce: boolean): Telling {
  const line = liveLine(out);
  const held = new Map<string, string>();
  const at = new Map<string, string>();
  const show = () => line.show([...at.values()].join("   "));
  return {
    step({ place }, text) {
      if (atOnce) line.print(text);
      else held.set(place.id, (held.get(place.id) ?? "") + text);
    },
    begin({ place, platform }, step) {
      at.set(place.id, `${platform === "" ? place.id : plain(platform)}: ${step}`);
      show();
    },
    done({ place }) {
      line.print(held.get(place.id) ?? "");
      at.delete(place.id);
      show();
    },
    end: line.end,
  };
}

/** Programs are told at the end. */
export function silent(): Telling {
  return { step: () => undefined, begin: () => undefined, done: () => undefined, end: () => undefined };
}
