import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/**/*.test.ts", "tests/**/*.test.ts", "examples/**/*.test.ts"],
    // They need a real engine: `npm run test:engines`.
    exclude: [...configDefaults.exclude, "tests/engines/**"],
    reporters: ["default", "./scripts/closing-line.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: "forks",
    // Most of a test of real parts is waiting: a core left free for the runner itself would be left idle.
    maxWorkers: availableParallelism(),
  },
});
