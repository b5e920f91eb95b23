/**
 * Where labels begin, px from one edge, so that none is written over another: beside those before it whose lines are closer than
 * the height of a text. In the order of the labels.
 */
export function placeLabels(
  labels: readonly { readonly y: number; readonly width: number }[],
  height: number,
  gap: number,
): number[] {
  const ends: { readonly y: number; readonly end: number }[] = []
  return labels.map(({ y, width }) => {
    const x = Math.max(0, ...ends.filter((one) => Math.abs(one.y - y) < height).map(({ end }) => end))
    ends.push({ y, end: x + width + gap })
    return x
  })
}
