import { defineConfig } from "vitest/config";

/** What is too large for `npm test`: big fleets, kill matrices, fuzz. */
export default defineConfig({
  test: {
    retry: 0,
    include: ["test/long/**/*.test.ts"],
    pool: "forks",
    // Each test owns the machine: two fleets at once would measure each other.
    fileParallelism: false,
    testTimeout: 600_000,
  },
});
