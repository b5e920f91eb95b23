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
}

/** A ring whose keys change while it is used. */
export interface LiveKeyRing extends KeyRing {
  replace(next: KeyRing): void
  orphan(): void
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' }

/** Derives session keys from the keys of the secret file, in its order (`security.md` 5). @throws RangeError when there is none */
export async function deriveKeyRing(secrets: readonly Uint8Array<ArrayBuffer>[]): Promise<KeyRing> {
  const keys = await Promise.all(secrets.map(deriveSessionKey))
  const [signing] = keys
  if (!signing) throw new RangeError('a key ring needs a key')
  const byKid = new Map(keys.map((key) => [key.kid, key]))
  return { signing, find: (kid) => byKid.get(kid), isOrphaned: false }
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
  const source = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const info = new TextEncoder().encode('etcdmonitor/session/v1')
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  const bits = await crypto.subtle.deriveBits(derivation, source, 256)
  return {
    kid: await digestStart(bits),
    key: await crypto.subtle.importKey('raw', bits, HMAC, false, ['sign', 'verify']),
  }
}

async function digestStart(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
