import { messageOf } from "@muster/model";
import { ProviderError, plainOrSecret, revealed } from "@muster/plugin";
import { z } from "zod";

/** The variables of an environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

const OWN_URL = "https://api.digitalocean.com";

const digitaloceanSettings = z.strictObject({
  token: plainOrSecret
    .optional()
    .describe("The account's token; else that of DIGITALOCEAN_TOKEN or DIGITALOCEAN_ACCESS_TOKEN"),
  url: z
    .string()
    .refine((text) => problemOf(text) === undefined, { error: ({ input }) => problemOf(String(input)) })
    .transform((text) => text.replace(/\/+$/, ""))
    .describe("Where the API is; else DIGITALOCEAN_API_URL, else https://api.digitalocean.com"),
});
export type DigitaloceanSettings = z.infer<typeof digitaloceanSettings>;

/** The settings, with the endpoint that this environment names for whoever names none. */
export function digitaloceanSettingsIn(env: Environment) {
  // Read as if it had been written: one in the environment that cannot be used is refused with the same words.
  const usual = digitaloceanSettings.shape.url.prefault(() => env["DIGITALOCEAN_API_URL"] || OWN_URL);
  return digitaloceanSettings.extend({ url: usual });
}

/** Why this is no endpoint; undefined where it is one. A token is sent there: in plain text only within this machine. */
function problemOf(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !["https:", "http:"].includes(url.protocol))
    return "must be a URL, like https://api.digitalocean.com";
  if (url.username || url.password || url.search || url.hash) return "must have no user, no query and no fragment";
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    return "must begin with https:// unless it is on this machine: the token would be readable on its way";
  }
  return undefined;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

const NEXT =
  "set DIGITALOCEAN_TOKEN in the environment in which Muster runs, or `token` among the settings of the provider; tokens are made at https://cloud.digitalocean.com/account/api/tokens";

/**
 * The token, read anew each time: it may come later, and change.
 *
 * @throws ProviderError `denied` where there is none, or none that can be sent. No error tells it.
 */
export function tokenOf({ token }: DigitaloceanSettings, env: Environment): string {
  const found = token === undefined ? fromEnvironment(env) : fromSettings(token, env);
  if (found === "") throw new ProviderError("denied", `there is no token for DigitalOcean: ${NEXT}`);
  if (!/^[\x21-\x7e]+$/.test(found)) {
    throw new ProviderError("denied", `the token for DigitalOcean has signs in it that no token has: ${NEXT}`);
  }
  return found;
}

function fromEnvironment(env: Environment): string {
  return (env["DIGITALOCEAN_TOKEN"] || env["DIGITALOCEAN_ACCESS_TOKEN"] || "").trim();
}

function fromSettings(token: NonNullable<DigitaloceanSettings["token"]>, env: Environment): string {
  try {
    return revealed(token, env).trim();
  } catch (thrown) {
    throw new ProviderError("denied", `there is no token for DigitalOcean: ${messageOf(thrown)}`, { cause: thrown });
  }
}
