import { expect, test } from "vitest";
import { compute } from "./computations.ts";

test("a computation runs in a worker thread, and gives what its function gives", async () => {
  expect(await compute("node:path", "basename", "/a/b.txt")).toBe("b.txt");
  const both = [compute("node:path", "dirname", "/a/b"), compute("node:path", "extname", "c.ts")];
  expect(await Promise.all(both)).toEqual(["/a", ".ts"]);
});

test("a function that is not there, and one that throws, are errors of that computation alone", async () => {
  await expect(compute("node:path", "nonsense", 1)).rejects.toThrow("node:path exports no nonsense");
  await expect(compute("node:path", "basename", 1)).rejects.toThrow(/string/);
  expect(await compute("node:path", "basename", "x/y")).toBe("y");
});
