import { CorruptColumn, readBytes, varintSize, writeVarint } from './column-bytes.ts'

const VERSION = 1

/** Several encoded columns of equal length behind each other (storage.md 4.2). */
export function joinGroup(parts: readonly Uint8Array[]): Uint8Array {
  const lengths = parts.reduce((sum, part) => sum + varintSize(part.length) + part.length, 0)
  const bytes = new Uint8Array(1 + varintSize(parts.length) + lengths)
  bytes[0] = VERSION
  let at = writeVarint(bytes, 1, parts.length)
  for (const part of parts) {
    at = writeVarint(bytes, at, part.length)
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The bytes of each column, so that a reader decodes those it wants. @throws CorruptColumn */
export function splitGroup(bytes: Uint8Array): readonly Uint8Array[] {
  const source = readBytes(bytes)
  if (source.byte() !== VERSION) throw new CorruptColumn('the version of a group is unknown')
  const parts: Uint8Array[] = []
  for (let left = source.varint(); left > 0; left--) parts.push(source.bytes(source.varint()))
  source.end()
  return parts
}
