import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Hundreds of commands and processes are started, all of the same sources: Node compiles those once for all. */
const env = { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url)) };

/**
 * `unit` is what `npm test` runs, one mesh of real processes included. `npm run test:all` adds `long`, the many-seed
 * and cross-version suites, and `mesh`: whole meshes as processes and in containers, one after the other, because two
 * at a time would only measure how they get in each other's way.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages,services,test}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/*.{long,mesh}.test.ts", "test/style/canaries/**"],
          env,
          // No test leaves anything behind in a module: files can share them, which saves a quarter of the time.
          isolate: false,
          testTimeout: 60_000,
          setupFiles: ["./test/property-seed.ts"],
          // One core is left free by default: of two that is half of them, and many of these tests only wait.
          maxWorkers: "100%",
        },
      },
      {
        test: {
          name: "long",
          include: ["{packages,services,test}/**/*.long.test.ts"],
          exclude: ["**/node_modules/**"],
          env,
          testTimeout: 900_000,
          setupFiles: ["./test/property-seed.ts"],
          maxWorkers: "100%",
        },
      },
      {
        test: {
          name: "mesh",
          include: ["test/**/*.mesh.test.ts"],
          exclude: ["**/node_modules/**"],
          env,
          testTimeout: 900_000,
          hookTimeout: 300_000,
          setupFiles: ["./test/property-seed.ts"],
          fileParallelism: false,
        },
      },
    ],
  },
});
