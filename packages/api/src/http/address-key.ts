/**
 * What limits per client address count by (`security.md` 9): IPv4 as it is, IPv4-mapped IPv6 unwrapped, other IPv6 by its /64.
 * Takes an address as the system writes it.
 */
export function addressKey(address: string): string {
  const [text = ''] = address.split('%') // a zone names our interface, not the client
  if (!text.includes(':')) return text
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1]
  return mapped ?? `${firstGroups(text).join(':')}::/64`
}

/** The first four of eight groups; `::` stands for as many zeros as are missing. */
function firstGroups(address: string): readonly string[] {
  const [head = '', tail] = address.toLowerCase().split('::')
  const split = (part: string) => (part === '' ? [] : part.split(':'))
  const before = split(head)
  const after = split(tail ?? '')
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
  return [...before, ...(tail === undefined ? [] : zeros), ...after].slice(0, 4)
}
