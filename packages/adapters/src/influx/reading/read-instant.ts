/** Unix ms of a time as the server writes it, `2026-10-20T00:00:30.25Z`; days repeat, so each is parsed once. */
export function createInstants(): (text: string) => number {
  let day = ''
  let begins = Number.NaN
  return (text) => {
    if (!text.startsWith(day) || day === '') {
      day = text.slice(0, 10)
      begins = Date.parse(day)
    }
    const seconds = (twoDigits(text, 11) * 60 + twoDigits(text, 14)) * 60 + twoDigits(text, 17)
    const fraction = text[19] === '.' ? Math.floor(Number(text.slice(19, -1)) * 1_000 + ROUNDING) : 0
    return begins + seconds * 1_000 + fraction
  }
}

/** `.999` × 1,000 lies a little below 999. */
const ROUNDING = 1e-6
const ZERO = 48

const twoDigits = (text: string, at: number): number =>
  (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO
