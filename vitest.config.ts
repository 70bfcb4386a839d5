import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Every test file stands on its own; nothing is retried, and a run without tests fails.
    retry: 0,
    // vitest leaves a core free; most of these tests wait for programs and sockets.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/*.test.ts", "test/unit/**/*.test.ts"],
          pool: "threads",
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          pool: "forks",
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "conformance",
          include: ["test/conformance/**/*.test.ts"],
          pool: "forks",
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          pool: "forks",
          testTimeout: 60_000,
          // Packing and installing happen in hooks.
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
