/** Of a request about keys, ms: longer than the server's longest limit, so that its verdict arrives. */
export const KEY_TIMEOUT = 65_000
