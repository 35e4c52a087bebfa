const WIDTH = 120;

/** A paragraph in lines of a page's width. */
export function wrapped(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) as string;
    if (line !== "" && line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

/** One digit: more would differ from machine to machine. */
export function differenceText(difference: number): string {
  return Math.abs(difference) < 1e-12 ? "0" : difference.toExponential(0);
}
