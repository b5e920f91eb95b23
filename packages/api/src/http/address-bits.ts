const BITS = 128
const MAPPED = 0xffff_0000_0000n // ::ffff:0:0/96, where IPv4 lies in IPv6

/** An address as the system, a proxy or a configuration writes it, as 128 bits; IPv4 as its mapped form. Undefined: it is none. */
export function addressBits(text: string): bigint | undefined {
  const [address = ''] = text.split('%') // a zone names an interface
  return address.includes(':') ? bitsOf6(address) : bitsOf4(address)
}

export interface Network {
  readonly bits: bigint
  /** Of 128. */
  readonly prefix: number
}

/** @throws RangeError when it is no CIDR */
export function parseNetwork(cidr: string): Network {
  const [address = '', length = ''] = cidr.split('/')
  const bits = addressBits(address)
  const prefix = Number(length) + (address.includes(':') ? 0 : BITS - 32)
  if (bits === undefined || !/^\d{1,3}$/.test(length) || prefix > BITS)
    throw new RangeError(`no network: ${JSON.stringify(cidr)}`)
  return { bits, prefix }
}

export const isWithin = (address: bigint, { bits, prefix }: Network): boolean =>
  (address ^ bits) >> BigInt(BITS - prefix) === 0n

function bitsOf4(address: string): bigint | undefined {
  const parts = address.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    return undefined
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) | MAPPED
}

function bitsOf6(address: string): bigint | undefined {
  const [head, tail, ...more] = address.split('::')
  const before = groupsOf(head)
  const after = groupsOf(tail)
  if (!before || !after || more.length > 0) return undefined
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...before, ...Array<bigint>(missing).fill(0n), ...after]
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n)
}

/** The last may be an IPv4 address, which is two groups. */
function groupsOf(part = ''): readonly bigint[] | undefined {
  if (part === '') return []
  const groups: bigint[] = []
  for (const text of part.split(':')) {
    const four = text.includes('.') ? bitsOf4(text) : undefined
    if (four !== undefined) groups.push((four >> 16n) & 0xffffn, four & 0xffffn)
    else if (/^[0-9a-f]{1,4}$/i.test(text)) groups.push(BigInt(`0x${text}`))
    else return undefined
  }
  return groups
}
