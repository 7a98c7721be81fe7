import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: join(import.meta.dirname, "../.."),
    include: ["tests/engines/*.test.ts"],
    globalSetup: [join(import.meta.dirname, "setup.ts")],
    reporters: ["default", join(import.meta.dirname, "../../scripts/closing-line.ts")],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One file after the other: there are never more than twenty containers.
    fileParallelism: false,
    pool: "forks",
  },
});
