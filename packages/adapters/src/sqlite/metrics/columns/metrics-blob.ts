import { crc32 } from 'node:zlib'

export type BlobTable = 'head' | 'win' | 'chunk' | 'r5' | 'r30'

/** Little-endian uint32 behind the body. */
const CRC_BYTES = 4

/** `body ‖ crc`; the start value names table and key, so a blob under a wrong key is found too (storage.md 4.3). */
export function sealBlob(table: BlobTable, id: number, body: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(body.length + CRC_BYTES)
  sealed.set(body)
  new DataView(sealed.buffer).setUint32(body.length, checksum(table, id, body), true)
  return sealed
}

/** The body; undefined when the blob is damaged: its values are missing, never wrong numbers. */
export function openBlob(table: BlobTable, id: number, blob: Uint8Array): Uint8Array | undefined {
  const length = blob.length - CRC_BYTES
  if (length < 0) return undefined
  const body = blob.subarray(0, length)
  const stored = new DataView(blob.buffer, blob.byteOffset + length, CRC_BYTES).getUint32(0, true)
  return stored === checksum(table, id, body) ? body : undefined
}

/** The doubles of a head row as its body, and back; undefined when that is none. */
export const fromDoubles = (values: Float64Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

export function toDoubles(body: Uint8Array): Float64Array | undefined {
  if (body.length % 8 !== 0) return undefined
  return body.byteOffset % 8 === 0
    ? new Float64Array(body.buffer, body.byteOffset, body.length / 8)
    : new Float64Array(body.slice().buffer) // a view has to begin at a multiple of 8
}

const checksum = (table: BlobTable, id: number, body: Uint8Array): number =>
  crc32(body, crc32(`${table}/${id}`))

/** Of the texts of a row of `member` or `series`, joined by line feeds. */
export const rowChecksum = (...parts: readonly (string | number)[]): number => crc32(parts.join('\n'))
