import { createHmac } from 'node:crypto'

/** HMAC-SHA-256 at once: Web Crypto's goes through another thread, which for what is short takes many times as long as the hash. */
export const hmac = (key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(bytes).digest()
