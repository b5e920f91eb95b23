import { addressBits } from './address-bits.ts'

const GROUP = 0xffffn
const BYTE = 0xffn

/**
 * What limits per client address count by (`security.md` 9): IPv4 as it is, IPv4-mapped IPv6 unwrapped, other IPv6 by its /64; one key
 * however the system, or a proxy, writes it. What is no address counts as it stands.
 */
export function addressKey(address: string): string {
  const bits = addressBits(address)
  if (bits === undefined) return address
  const part = (shift: bigint, mask: bigint) => (bits >> shift) & mask
  if (bits >> 32n === GROUP) return [24n, 16n, 8n, 0n].map((shift) => part(shift, BYTE)).join('.')
  return `${[112n, 96n, 80n, 64n].map((shift) => part(shift, GROUP).toString(16)).join(':')}::/64`
}
