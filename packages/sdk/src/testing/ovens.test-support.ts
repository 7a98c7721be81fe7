/** A type of a plugin with everything that a type can say of its things. */
import type { TaggedType } from "@muster/plugin";
import { z } from "zod";

let opened = 0;

const oven: TaggedType = {
  known: "tags",
  naming: "label",
  name: "oven",
  summary: "ovens of a bakery",
  schema: z.strictObject({
    label: z.string(),
    place: z.enum(["left", "right"]),
    heat: z.number().optional(),
    racks: z.array(z.string()).optional(),
    pin: z.string().optional(),
    door: z.enum(["open", "closed"]).default("closed"),
  }),
  outputs: z.object({
    serial: z.string(),
    address: z.ipv4(),
    state: z.enum(["cold", "hot"]),
    uses: z.number(),
  }),
  settings: z.strictObject({ room: z.string(), key: z.string().min(20) }),
  effects: {
    label: "in-place",
    place: "in-place",
    heat: "in-place",
    racks: "in-place",
    pin: "in-place",
    door: "in-place",
  },
  irreversible: ["place"],
  unreadable: ["pin"],
  unordered: ["racks"],
  settleMs: 0,
  local: false,
  exclusive: ({ place }) => (typeof place === "string" ? [place] : []),
  async open() {
    opened++;
    throw new Error("nobody opens an oven in a simulated world");
  },
};

export const ovens = { types: [oven], opened: () => opened };
