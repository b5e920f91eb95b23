import { toHex } from '@etcdmonitor/core/keys/bytes'
import type { KeyRing } from '../auth/key-ring.ts'

/** HMAC-SHA-256. */
export type Hmac = (key: Uint8Array, bytes: Uint8Array) => Uint8Array

/** 32 hex digits that are the same for equal values and tell nothing of a short one to who has not the key. */
export const hashValue = (
  value: Uint8Array,
  { keys, hmac }: { readonly keys: KeyRing; readonly hmac: Hmac },
): string => toHex(hmac(keys.valueKey, value).subarray(0, 16))
