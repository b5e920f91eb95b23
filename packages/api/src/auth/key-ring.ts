import { toHex } from '@etcdmonitor/core/keys/bytes'
import type { RandomBytes } from '@etcdmonitor/core/time'

export interface SessionKey {
  /** 16 hex digits: the start of the derived key's SHA-256. */
  readonly kid: string
  readonly key: CryptoKey
}

/** Keys for session tokens: the first signs, all verify. */
export interface KeyRing {
  readonly signing: SessionKey
  find(kid: string): SessionKey | undefined
  /** The secret file holds no key any more; these are the last that it held. */
  readonly isOrphaned: boolean
  /** Sign and verify cursors: the first signs. */
  readonly cursorKeys: readonly CryptoKey[]
  /** Hashes values of keys for the audit log. */
  readonly valueKey: Uint8Array
}

/** A ring whose keys change while it is used. */
export interface LiveKeyRing extends KeyRing {
  replace(next: KeyRing): void
  orphan(): void
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' }

/** Derives the keys of each use from the keys of the secret file, in its order (`security.md` 5). @throws RangeError when there is none */
export async function deriveKeyRing(secrets: readonly Uint8Array<ArrayBuffer>[]): Promise<KeyRing> {
  const [first] = secrets
  const keys = await Promise.all(secrets.map(deriveSessionKey))
  const [signing] = keys
  if (!signing || !first) throw new RangeError('a key ring needs a key')
  const cursorKeys = await Promise.all(secrets.map((secret) => deriveKey(secret, 'etcdmonitor/cursor/v1')))
  const valueKey = new Uint8Array(await deriveBits(first, 'etcdmonitor/value/v1'))
  const byKid = new Map(keys.map((key) => [key.kid, key]))
  return { signing, find: (kid) => byKid.get(kid), isOrphaned: false, cursorKeys, valueKey }
}

export function createLiveKeyRing(first: KeyRing): LiveKeyRing {
  const keys = { ...first }
  return Object.assign(keys, {
    replace: (next: KeyRing) => void Object.assign(keys, next),
    orphan: () => void Object.assign(keys, { isOrphaned: true }),
  })
}

/** A ring of one key that nothing else knows. */
export const drawKeyRing = (random: RandomBytes): Promise<KeyRing> => deriveKeyRing([random(32)])

async function deriveSessionKey(secret: Uint8Array<ArrayBuffer>): Promise<SessionKey> {
  const bits = await deriveBits(secret, 'etcdmonitor/session/v1')
  return { kid: await digestStart(bits), key: await toHmacKey(bits) }
}

const deriveKey = async (secret: Uint8Array<ArrayBuffer>, use: string): Promise<CryptoKey> =>
  toHmacKey(await deriveBits(secret, use))

async function deriveBits(secret: Uint8Array<ArrayBuffer>, use: string): Promise<ArrayBuffer> {
  const source = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const info = new TextEncoder().encode(use)
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return crypto.subtle.deriveBits(derivation, source, 256)
}

const toHmacKey = (bits: ArrayBuffer): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bits, HMAC, false, ['sign', 'verify'])

async function digestStart(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return toHex(digest.subarray(0, 8))
}
