/** What CodeMirror divides a text by; every other CR or LF stays in its line as a character. */
export type LineSeparator = '\n' | '\r\n'

/** CRLF only when all line ends are: by default CodeMirror takes all kinds and writes LF for each. */
export function lineSeparatorOf(text: string): LineSeparator {
  const ends = text.match(/\r\n|\r|\n/g)
  return ends?.every((end) => end === '\r\n') ? '\r\n' : '\n'
}
