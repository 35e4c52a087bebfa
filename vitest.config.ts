import { defineConfig } from "vitest/config";

/** `unit` is what `npm test` runs; `long` adds the many-seed and cross-version suites of `npm run test:all`. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages,services,test}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/*.long.test.ts", "test/style/canaries/**"],
          testTimeout: 60_000,
          setupFiles: ["./test/property-seed.ts"],
        },
      },
      {
        test: {
          name: "long",
          include: ["{packages,services,test}/**/*.long.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 900_000,
          setupFiles: ["./test/property-seed.ts"],
          fileParallelism: true,
        },
      },
    ],
  },
});
