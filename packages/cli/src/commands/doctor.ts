import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { DoctorFlags } from "../work/doctor.ts";
import { CHECK_OUTPUT, documented } from "./flags.ts";

export const doctor = buildCommand<DoctorFlags, [], Cli>({
  loader: async () => (await import("../work/doctor.ts")).askDoctor,
  parameters: { flags: { output: CHECK_OUTPUT } },
  docs: documented(
    "Tell whether this machine is ready for Muster",
    "Asks this machine for what Muster needs always, and for what only a part of it needs: engines, QEMU, compilers, tokens.\n" +
      "Tells what is not there, what that is for, and what to do. Nothing is changed.\n" +
      "Exit code 0: all is there that is needed always; 1: something of that is not; 4: something of it could not be told.",
    "muster doctor",
    "muster doctor --output junit",
  ),
});
