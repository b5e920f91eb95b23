/** What both drivers store as it stands. */
export type Storable = string | number | bigint | null | Uint8Array

/** Drivers take others for something else: a Date for NULL or for text in local time, an object for named parameters or JSON, NaN for NULL. */
export function admit(value: unknown): Storable {
  if (value === null || typeof value === 'string' || typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`a parameter of the kind ${typeof value} cannot be stored`)
}
