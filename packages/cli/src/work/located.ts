import type { WirePlace } from "@muster/daemon";
import { MusterError, MusterErrors } from "@muster/model";
import type { ReadStack } from "./read-stack.ts";

/**
 * Whoever is given a declaration as data knows the path of what is wrong in it, and not the line. The text was read here,
 * so the line is found here.
 */
export function located(thrown: unknown, { file, locate }: Partial<Pick<ReadStack, "file" | "locate">>): unknown {
  if (thrown instanceof MusterErrors) {
    const [first, ...others] = thrown.errors;
    return new MusterErrors([placed(first), ...others.map(placed)]);
  }
  return thrown instanceof MusterError ? placed(thrown) : thrown;

  function placed(error: MusterError): MusterError {
    const place: WirePlace | undefined = error.place;
    if (place === undefined) return error;
    const { at, ...plain } = place;
    const found =
      at === undefined || locate === undefined
        ? { ...(file === undefined ? {} : { file }), ...plain }
        : locate(at.path, at.what, at.within);
    return new MusterError(error.code, error.words, { place: found, cause: error });
  }
}
