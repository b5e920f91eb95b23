/**
 * How a page of metrics is served.
 *
 * | mutation | the answer |
 * | --- | --- |
 * | none | the page |
 * | slow | the page in ten parts, `msBetween` apart |
 * | cut | announced in full, then the connection is reset after `bytes` |
 * | garbage | 200 with bytes that are no text |
 * | wrongEncoding | the plain page, announced as gzip |
 * | html | 200 with a page for people |
 * | notANumber | the value of the first sample of `series` is NaN |
 * | endless | comment lines until the client leaves |
 * | doubled | the first sample of `series` stands there twice |
 * | noLastNewline | the page without its last line feed |
 * | longLine | a comment of 1 MiB before the page |
 */
export type PageMutation =
  | {
      readonly kind: 'none' | 'garbage' | 'wrongEncoding' | 'html' | 'endless' | 'noLastNewline' | 'longLine'
    }
  | { readonly kind: 'slow'; readonly msBetween: number }
  | { readonly kind: 'cut'; readonly bytes: number }
  | { readonly kind: 'notANumber' | 'doubled'; readonly series: string }

const LONG_LINE = 1 << 20
const GARBAGE = 4_096

/** The body that a mutation makes of a page. */
export function mutatePage(page: string, mutation: PageMutation): Buffer {
  switch (mutation.kind) {
    case 'garbage':
      return Buffer.from(Array.from({ length: GARBAGE }, (_, index) => (index * 167 + 128) % 256))
    case 'html':
      return Buffer.from('<!doctype html>\n<html><body><h1>Sign in</h1></body></html>\n')
    case 'notANumber':
      return Buffer.from(onSample(page, mutation.series, (line) => line.replace(/ [^ ]+$/, ' NaN')))
    case 'doubled':
      return Buffer.from(onSample(page, mutation.series, (line) => `${line}\n${line}`))
    case 'noLastNewline':
      return Buffer.from(page.replace(/\n$/, ''))
    case 'longLine':
      return Buffer.from(`# ${'x'.repeat(LONG_LINE)}\n${page}`)
    case 'none':
    case 'slow':
    case 'cut':
    case 'wrongEncoding':
    case 'endless':
      return Buffer.from(page)
  }
}

function onSample(page: string, series: string, change: (line: string) => string): string {
  const lines = page.split('\n')
  const at = lines.findIndex((line) => line.startsWith(`${series} `) || line.startsWith(`${series}{`))
  const line = lines[at]
  if (line === undefined) throw new Error(`the page has no series ${series}`)
  return lines.with(at, change(line)).join('\n')
}
