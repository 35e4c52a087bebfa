/**
 * Rows as text in aligned columns, two spaces apart.
 * @param alignment one letter per column, l or r; left where it is absent.
 */
export function table(rows: readonly (readonly string[])[], alignment = ""): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, width(cell));
  }
  return rows
    .map((row) => {
      const cells = row.map((cell, column) => {
        const padding = " ".repeat((widths[column] ?? 0) - width(cell));
        return alignment[column] === "r" ? padding + cell : cell + padding;
      });
      return cells.join("  ").trimEnd();
    })
    .join("\n");
}

/** Characters as a terminal counts them, for the letters and line drawings that occur here. */
export function width(text: string): number {
  return [...text].length;
}

/** `1 node`, `2 nodes`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
