/** One statement of the contract, and what became of it. */
export type StatementResult =
  | { readonly kind: "holds"; readonly about: string; readonly says: string }
  | {
      readonly kind: "fails";
      /** What the statement is about: the wire, or a type or flavor by name. */
      readonly about: string;
      readonly says: string;
      readonly expected: string;
      readonly came: string;
      /** What to do about it. */
      readonly next: string;
    }
  | {
      /** Of something that is optional and not offered, or that cannot be told because of a failure before it. */
      readonly kind: "left-out";
      readonly about: string;
      readonly says: string;
      readonly why: string;
    };
