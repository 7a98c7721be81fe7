/** What is read of the API's answers; they hold far more. */
import { z } from "zod";

const id = z.int().positive();

const address = z.object({ ip_address: z.string(), type: z.string() });

export const dropletForm = z.object({
  id,
  name: z.string(),
  /** new, active, off or archive. */
  status: z.string(),
  locked: z.boolean(),
  created_at: z.string(),
  /** In gigabytes: one that was resized without its disk keeps the old one. */
  disk: z.number(),
  features: z.array(z.string()),
  size_slug: z.string(),
  size: z.object({ price_monthly: z.number() }).nullish(),
  region: z.object({ slug: z.string() }),
  /** Missing where the token may not read images. */
  image: z.object({ id, slug: z.string().nullish(), public: z.boolean().nullish() }).nullish(),
  tags: z.array(z.string()),
  vpc_uuid: z.string().nullish(),
  networks: z.object({ v4: z.array(address).nullish(), v6: z.array(address).nullish() }),
});
export type Droplet = z.infer<typeof dropletForm>;

export const actionForm = z.object({
  id,
  /** in-progress, completed or errored. When it was completed is no proof: that is told of what errored, too. */
  status: z.string(),
  type: z.string(),
});
export type Action = z.infer<typeof actionForm>;

export const sizeForm = z.object({
  slug: z.string(),
  /** In gigabytes. */
  disk: z.number(),
  /** In megabytes. */
  memory: z.number(),
  /** In US dollars. */
  price_monthly: z.number(),
  regions: z.array(z.string()),
  available: z.boolean(),
});
export type Size = z.infer<typeof sizeForm>;

export const regionForm = z.object({
  slug: z.string(),
  available: z.boolean(),
  features: z.array(z.string()),
});
export type Region = z.infer<typeof regionForm>;

export const imageForm = z.object({
  id,
  slug: z.string().nullish(),
  /** In gigabytes. */
  min_disk_size: z.number().nullish(),
  regions: z.array(z.string()),
  status: z.string().nullish(),
});
export type Image = z.infer<typeof imageForm>;

export const keyForm = z.object({ id, name: z.string(), public_key: z.string(), fingerprint: z.string() });
export type Key = z.infer<typeof keyForm>;

export const tagForm = z.object({ name: z.string(), resources: z.object({ count: z.number() }).nullish() });
export type Tag = z.infer<typeof tagForm>;

export const domainForm = z.object({ name: z.string() });
export type Domain = z.infer<typeof domainForm>;

export const recordForm = z.object({ id, type: z.string(), name: z.string(), data: z.string() });
export type DomainRecord = z.infer<typeof recordForm>;

/** An answer of which nothing is read. */
export const ANYTHING = z.unknown();
