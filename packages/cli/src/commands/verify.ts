import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { VerifyFlags } from "../work/verify.ts";
import { documented, SET, SINCE } from "./flags.ts";

/** The same as `REPORT_FORMS`, which would load all that asks. */
const FORMS = ["text", "tap", "junit", "json", "prometheus"] as const;

export const verify = buildCommand<VerifyFlags, string[], Cli>({
  loader: async () => (await import("../work/verify.ts")).verifyFiles,
  parameters: {
    flags: {
      output: { kind: "enum", values: FORMS, default: "text", brief: "How to print: for a person, or for a program" },
      target: {
        ...{ kind: "parsed", parse: String, variadic: true, optional: true, placeholder: "target" },
        brief: "Whom to ask: local unless told; ssh://USER@HOST:PORT, container:NAME, STACK/GROUP or STACK/GROUP/SLOT",
      },
      only: {
        ...{ kind: "parsed", parse: String, variadic: true, optional: true, placeholder: "text" },
        brief: "Only checks of this kind, or with this text in their title or subject; nothing is kept of it",
      },
      derived: {
        ...{ kind: "boolean", default: true },
        brief: "Ask of a stack whether what it declares is so, besides its checks; without it nothing is kept",
      },
      set: SET,
      retryFor: {
        ...{ kind: "parsed", parse: String, optional: true, placeholder: "duration" },
        brief: "Ask again, once a second, until all hold or so much time is over: 30s",
      },
      timeout: {
        ...{ kind: "parsed", parse: String, optional: true, placeholder: "duration" },
        brief: "How long the whole answer of a target, or of a stack, may take; 30s unless told",
      },
      last: {
        ...{ kind: "boolean", default: false, withNegated: false },
        brief: "Ask nothing, and print what was told last, of a file or a stack or of any",
      },
      history: {
        ...{ kind: "boolean", default: false, withNegated: false },
        brief: "Ask nothing, and list what was told before, newest last",
      },
      since: SINCE,
      serve: {
        ...{ kind: "parsed", parse: String, optional: true, placeholder: "address" },
        brief: "Ask whenever somebody wants to know, at a socket, or at 127.0.0.1:PORT with TLS and a token",
      },
      cache: {
        ...{ kind: "parsed", parse: String, optional: true, placeholder: "duration" },
        brief: "How long holds what was told to one who asked; 5s unless told",
      },
      tlsCert: {
        ...{ kind: "parsed", parse: String, optional: true, placeholder: "file" },
        brief: "The certificate to serve with, in PEM",
      },
      tlsKey: {
        ...{ kind: "parsed", parse: String, optional: true, placeholder: "file" },
        brief: "Its key, in PEM",
      },
      tokenFile: {
        ...{ kind: "parsed", parse: String, optional: true, placeholder: "file" },
        brief: "The file with the token that whoever asks must bring, as `Authorization: Bearer TOKEN`",
      },
    },
    positional: {
      kind: "array",
      parameter: {
        parse: String,
        placeholder: "file",
        brief: "Checks or a stack, in YAML, JSON or TypeScript; with --last and --history also the name of a stack",
      },
    },
  },
  docs: documented(
    "Check that what is there does what it should",
    "Asks what the checks of the files say, and of a stack also whether what it declares is so; tells what does not hold and\n" +
      "how it differs. What is to be known of a target\n" +
      "is asked in one round trip; what is seen from outside (http, addr, dns, certificate) is asked from here, once.\n" +
      "Exit code 0: all hold; 1: something does not; 4: nothing fails, and something could not be told; 2: the checks are invalid.",
    "muster verify checks.yaml",
    "muster verify checks.yaml --target ssh://deploy@web-1 --target ssh://deploy@web-2:2222",
    "muster verify checks.yaml --target container:db --target shop/web",
    "muster verify checks.yaml --retry-for 30s --output junit",
    "muster verify shop.yaml",
    "muster verify --last shop",
    "muster verify shop.yaml --serve /run/user/1000/muster/shop.sock",
  ),
});
