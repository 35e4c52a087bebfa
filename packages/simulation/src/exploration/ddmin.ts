/**
 * The shortest list that minimising delta debugging finds: leaving out any one more of it would make the test pass
 * (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE TSE 28(2), 2002).
 * @param fails whether a part of the list, in its order, still fails; the whole list does
 */
export function ddmin<T>(list: readonly T[], fails: (part: readonly T[]) => boolean): readonly T[] {
  if (list.length === 0 || fails([])) return [];
  let left = list;
  for (let parts = 2; left.length > 1; ) {
    const size = Math.ceil(left.length / parts);
    const shorter = withoutOnePart(left, size).find(fails);
    if (shorter) {
      left = shorter;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) {
      break;
    } else {
      parts = Math.min(left.length, parts * 2);
    }
  }
  return left;
}

function withoutOnePart<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const starts = Array.from({ length: Math.ceil(list.length / size) }, (_, index) => index * size);
  return starts.map((start) => [...list.slice(0, start), ...list.slice(start + size)]);
}
