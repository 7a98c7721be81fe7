/** The container example, as far as it goes without an engine; tests/engines/docker-example.test.ts runs it on one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { documentOf, readDocument, stackOf } from "@muster/declaration";
import { containerIn } from "@muster/provider-container";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const FILE = join(ROOT, "examples/container/hello.yaml");

it("is declared as the type `container` wants it", async () => {
  const { groups } = stackOf(documentOf(await readDocument(FILE, { sdk: "", env: {} })));
  const template = groups["web"]?.template;
  expect(template?.name).toBe("container");
  expect(containerIn({}).schema.safeParse(withPort(template?.properties))).toMatchObject({ success: true });
});

it("is shown by the guide as it is", () => {
  const guide = readFileSync(join(ROOT, "docs/guide/containers.md"), "utf8");
  expect(guide).toContain(`\`\`\`yaml\n${readFileSync(FILE, "utf8")}\`\`\`\n`);
});

/** As a member is given it. */
function withPort(properties: unknown): unknown {
  return JSON.parse(JSON.stringify(properties).replaceAll("${self.port}", "24700"));
}
