import { plainOrSecret } from "@muster/plugin";
import { z } from "zod";
import { tagName } from "../tag-name.ts";

const MOST_USER_DATA = 64 * 1024;

export const dropletProperties = z.strictObject({
  name: z
    .string()
    .max(255)
    .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/, "must be the name of a host")
    .describe("Its name, and the name of the host in it. It need not be the only one of that name"),
  region: z
    .string()
    .regex(/^[a-z]+[0-9]+$/, "must be the slug of one region, like ams3")
    .describe("Where it stands: the slug of a region, like `ams3`"),
  size: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]*$/, "must be the slug of a size, like s-1vcpu-1gb")
    .refine(
      (slug) => !slug.startsWith("gpu-"),
      "must be a size without a GPU: the API leaves those with one out of its lists",
    )
    .describe("The slug of its size, like `s-1vcpu-1gb`. It is shut down for a change; its disk stays as it is"),
  image: z
    .union([
      z.int().positive(),
      z
        .string()
        .regex(/^(?!\d+$)[a-z0-9][a-z0-9._-]*$/i, "must be the slug of an image, or its number (without quotes)"),
    ])
    .describe("What it is made of: the slug of a public image, like `debian-12-x64`, or the number of any"),
  ipv6: z.boolean().optional().describe("Whether it has an address of IPv6. It cannot be taken away again"),
  private_networking: z
    .boolean()
    .optional()
    .describe("Whether it is in a private network; today all are. It cannot be taken out again"),
  backups: z.boolean().optional().describe("Whether it is backed up, for a price of its own"),
  monitoring: z.boolean().optional().describe("Whether DigitalOcean's agent is put into it when it is made"),
  vpc_uuid: z.uuid().optional().describe("The private network that it is in; the region's own unless told"),
  tags: z.array(tagName).max(100).optional().describe("All of its tags, apart from the marks of Muster itself"),
  ssh_keys: z
    .array(
      z.union([
        z.int().positive(),
        z.string().regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){15}$/, "must be a number or a fingerprint"),
      ]),
    )
    .optional()
    .describe("The SSH keys that its first user lets in, by number or fingerprint. They are never shown again"),
  user_data: plainOrSecret
    .refine(
      (data) => typeof data !== "string" || Buffer.byteLength(data) <= MOST_USER_DATA,
      `must have at most ${MOST_USER_DATA} bytes`,
    )
    .optional()
    .describe("What it is told when it starts first, often a cloud-config; may be a secret. It is never shown again"),
});
export type DropletProperties = z.infer<typeof dropletProperties>;

export const dropletOutputs = z
  .object({
    public_address: z.string().describe("Its public address of IPv4"),
    private_address: z.string().describe("Its address in its private network"),
    public_address_ipv6: z.string().describe("Its public address of IPv6"),
    price_monthly: z.number().describe("What it costs for a whole month, in dollars of the United States"),
    status: z.string().describe("`new`, `active`, `off` or `archive`"),
    disk: z.number().describe("The size of its disk in gigabytes"),
    image_slug: z.string().describe("The slug of what it was made of, where that has one still"),
    image_id: z.number().describe("The number of what it was made of"),
  })
  .partial();
export type DropletOutputs = z.infer<typeof dropletOutputs>;
