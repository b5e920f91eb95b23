/**
 * The part of a text that is selected in a text area, which shows CR, LF and CRLF each as one character, and copies each as LF.
 * `from` and `to` are those of its selection.
 */
export const selectedPart = (text: string, from: number, to: number): string =>
  text.slice(placeOf(text, from), placeOf(text, to))

function placeOf(text: string, at: number): number {
  let place = at
  for (let end = text.indexOf('\r\n'); end >= 0 && end < place; end = text.indexOf('\r\n', end + 2))
    place += 1
  return place
}
