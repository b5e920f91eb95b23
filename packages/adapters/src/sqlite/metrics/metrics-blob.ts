import { crc32 } from 'node:zlib'

/** Little-endian uint32 behind the body. */
const CRC_BYTES = 4

/** `body ‖ crc`; the start value names table and key, so a blob under a wrong key is found too (storage.md 4.3). */
export function sealBlob(table: 'head', id: number, body: Float64Array): Uint8Array {
  const bytes = new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  const sealed = new Uint8Array(bytes.length + CRC_BYTES)
  sealed.set(bytes)
  new DataView(sealed.buffer).setUint32(bytes.length, checksum(table, id, bytes), true)
  return sealed
}

/** The doubles of a head row; undefined when the blob is damaged: its values are missing, never wrong numbers. */
export function openBlob(table: 'head', id: number, blob: Uint8Array): Float64Array | undefined {
  const length = blob.length - CRC_BYTES
  if (length < 0 || length % 8 !== 0) return undefined
  const body = blob.subarray(0, length)
  const stored = new DataView(blob.buffer, blob.byteOffset + length, CRC_BYTES).getUint32(0, true)
  if (stored !== checksum(table, id, body)) return undefined
  return body.byteOffset % 8 === 0
    ? new Float64Array(body.buffer, body.byteOffset, length / 8)
    : new Float64Array(body.slice().buffer) // a view has to begin at a multiple of 8
}

const checksum = (table: string, id: number, body: Uint8Array): number => crc32(body, crc32(`${table}/${id}`))

/** Of the texts of a row of `member` or `series`, joined by line feeds. */
export const rowChecksum = (...parts: readonly (string | number)[]): number => crc32(parts.join('\n'))
