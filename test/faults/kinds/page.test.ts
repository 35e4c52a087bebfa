import { expect, test } from "vitest";
import { faultsPage } from "./page.ts";

test("docs/faults.md tells of the kinds of today; else run node test/faults/kinds/write-page.ts", () => {
  const { present, wanted } = faultsPage();
  expect(present).toBe(wanted);
});
