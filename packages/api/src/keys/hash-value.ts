import type { KeyRing } from '../auth/key-ring.ts'

/** 32 hex digits that are the same for equal values and tell nothing of a short one to who has not the key. */
export async function hashValue(value: Uint8Array, { valueKey }: KeyRing): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.sign('HMAC', valueKey, new Uint8Array(value)))
  return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
