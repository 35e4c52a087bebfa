/** A text with two spaces before each line that is not empty. */
export function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
