/**
 * Where DigitalOcean's description of its API says too little, or what is not so. This is the whole list: whatever else
 * differs from the description is a violation.
 */
import type { Json } from "@muster/model";

/** A correction of the description itself. */
export interface Amendment {
  readonly why: string;
  /** The way to what is amended, from the top of the document. */
  readonly at: readonly string[];
  /** Added to the object that is there; to a list, its elements are. */
  readonly add: Json;
}

const schema = (...way: readonly string[]) => ["components", "schemas", ...way];

const actionRequest = (path: string) =>
  ["paths", path, "post", "requestBody", "content", "application/json", "schema"] as const;

export const AMENDMENTS: readonly Amendment[] = [
  {
    why: "`change_backup_policy` is documented and in the table of types, but not in the list of their names",
    at: schema("droplet_action", "properties", "type", "enum"),
    add: ["change_backup_policy"],
  },
  {
    why: "`enable_private_networking` has been taken out of the description; older droplets and clients know it",
    at: schema("droplet_action", "properties", "type", "enum"),
    add: ["enable_private_networking"],
  },
  {
    why: "as above",
    at: [...actionRequest("/v2/droplets/{droplet_id}/actions"), "discriminator", "mapping"],
    add: { enable_private_networking: "#/components/schemas/droplet_action" },
  },
  {
    why: "a resize without a size passes the description",
    at: schema("droplet_action_resize"),
    add: { required: ["size"] },
  },
  {
    why: "a rename without a name passes the description",
    at: schema("droplet_action_rename"),
    add: { required: ["name"] },
  },
  {
    why: "a rebuild without an image passes the description",
    at: schema("droplet_action_rebuild"),
    add: { required: ["image"] },
  },
  {
    why: "a restore without an image passes the description",
    at: schema("droplet_action_restore"),
    add: { required: ["image"] },
  },
  {
    why: "images that bear a tag are misspelt as `imgages`; the examples say `images`",
    at: schema("tags", "properties", "resources", "allOf", "1", "properties"),
    add: { images: { $ref: "#/components/schemas/tags_metadata" } },
  },
];

/** Paths that the description at hand leaves out: nothing there is checked. */
export const UNDESCRIBED: readonly RegExp[] = [/^\/v2\/domains(\/|$)/];

/**
 * Statuses that operations answer with and do not declare: 422 for whatever is understood and cannot be (create, actions),
 * 400 for what is no JSON, 403 for a token without the right, 502 and 503 when it is out of order. They have the shape of any error.
 */
export const UNDECLARED: readonly number[] = [400, 403, 422, 502, 503];

/** Headers that are declared and come only with some answers. */
export const OPTIONAL_HEADERS: readonly string[] = ["x-request-id"];

/**
 * An answer that is good must hold every field of its topmost level: by the description, a list of droplets need not hold
 * `droplets`.
 */
export const GOOD_ANSWERS_ARE_WHOLE = true;
