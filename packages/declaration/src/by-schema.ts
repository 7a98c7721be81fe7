/** Documents that are no stacks, but are read and complained about as stacks are. */
import type { ErrorCode } from "@muster/model";
import type { ZodType } from "zod";
import { gatherProblems } from "./problems.ts";
import { checkSchema } from "./schema.ts";
import type { SourceDocument } from "./source.ts";

/**
 * What a document means by a schema. Throws MusterErrors with everything that is wrong, each with its place.
 *
 * @param bad what is raised where the grammar has no better word; its words are `type`, `what` and `detail`
 */
export function dataBySchema<T extends object>(
  source: Pick<SourceDocument, "data" | "locate">,
  schema: ZodType<T>,
  name: string,
  bad: ErrorCode,
): T {
  const problems = gatherProblems(source.locate);
  checkSchema(schema, source.data, { name, bad, place: (inner) => inner }, problems);
  problems.throwIfAny();
  return schema.parse(source.data);
}
