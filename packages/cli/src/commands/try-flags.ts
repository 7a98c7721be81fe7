/** Words of the commands about tries. */
export const TRY = { parse: String, placeholder: "try", brief: "A try's id, or how it begins" } as const;

export const TRY_MEMBER = {
  parse: String,
  placeholder: "member",
  optional: true,
  brief: "A member's group and place, as web/0, or its id; not needed where there is only one",
} as const;
