import type { KeyEntry } from '@etcdmonitor/core/keys/key-entry'
import {
  openWire,
  passBytes,
  readBytes,
  readInteger,
  readSmall,
  skipField,
  type Wire,
} from './wire-reader.ts'

/** An etcdserverpb.RangeResponse of which the keys are read one by one. */
export interface RangeReply {
  readonly clusterId: string
  readonly memberId: string
  readonly revision: string
  readonly count: number
  readonly more: boolean
  /** Bytes of the reply. */
  readonly size: number
  /** Keys in the reply. */
  readonly length: number
  /** Their bytes are views on the reply. @throws RangeError when it cannot be read */
  slice(from: number, to: number): KeyEntry[]
}

/** @throws RangeError when the bytes are no such message */
export function readRangeReply(received: Uint8Array, withValues: boolean): RangeReply {
  // gRPC gives a Buffer, of which each view takes twice the time
  const bytes = new Uint8Array(received.buffer, received.byteOffset, received.length)
  const wire = openWire(bytes)
  /** Where each of them begins and ends. */
  const entries: number[] = []
  let header: Header = { clusterId: '0', memberId: '0', revision: '0' }
  let count = 0
  let more = false
  while (wire.at < wire.end) {
    const tag = readSmall(wire)
    if (tag === 10) header = readHeader(readBytes(wire))
    else if (tag === 18) entries.push(passBytes(wire), wire.at)
    else if (tag === 24) more = readInteger(wire) !== '0'
    else if (tag === 32) count = readSmall(wire)
    else skipField(wire, tag & 7)
  }
  return {
    ...header,
    count,
    more,
    size: bytes.length,
    length: entries.length / 2,
    slice(from, to) {
      const read: KeyEntry[] = []
      const last = Math.min(2 * to, entries.length)
      for (let at = 2 * from; at < last; at += 2)
        read.push(readEntry(openWire(bytes, entries[at], entries[at + 1]), withValues))
      return read
    },
  }
}

interface Header {
  readonly clusterId: string
  readonly memberId: string
  readonly revision: string
}

function readHeader(bytes: Uint8Array): Header {
  const wire = openWire(bytes)
  const header = { clusterId: '0', memberId: '0', revision: '0' }
  while (wire.at < wire.end) {
    const tag = readSmall(wire)
    if (tag === 8) header.clusterId = readInteger(wire)
    else if (tag === 16) header.memberId = readInteger(wire)
    else if (tag === 24) header.revision = readInteger(wire)
    else skipField(wire, tag & 7)
  }
  return header
}

/** A mvccpb.KeyValue. */
function readEntry(wire: Wire, withValue: boolean): KeyEntry {
  const entry = { key: EMPTY, createRevision: '0', modRevision: '0', keyVersion: '0' }
  let value = EMPTY
  let leaseId = '0'
  while (wire.at < wire.end) {
    const tag = readSmall(wire)
    if (tag === 10) entry.key = readBytes(wire)
    else if (tag === 16) entry.createRevision = readInteger(wire)
    else if (tag === 24) entry.modRevision = readInteger(wire)
    else if (tag === 32) entry.keyVersion = readInteger(wire)
    else if (tag === 42) value = readBytes(wire)
    else if (tag === 48) leaseId = BigInt.asIntN(64, BigInt(readInteger(wire))).toString()
    else skipField(wire, tag & 7)
  }
  if (leaseId === '0' && !withValue) return entry
  return { ...entry, ...(leaseId !== '0' && { leaseId }), ...(withValue && { value }) }
}

const EMPTY: Uint8Array = new Uint8Array()
