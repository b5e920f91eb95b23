import type { RandomBytes } from '@etcdmonitor/core/time'

/** The kernel's cryptographic source. */
export const randomBytes: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length))
