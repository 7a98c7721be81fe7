import { onlyGroup, onlyResource, resize, withoutGroup } from "./edit.ts";
import { stackOf } from "./stack.ts";

/** How documents are read and edited, for whoever keeps stacks. */
export const grammar = { stackOf, onlyGroup, onlyResource, resize, withoutGroup } as const;
