import { expect, it } from 'vitest'
import { memberChecksum, seriesChecksum } from '../metrics-series.ts'
import { decodeColumn, encodeColumn } from './column-codec.ts'
import { joinGroup } from './column-group.ts'
import { fromDoubles, openBlob, rowChecksum, sealBlob, toDoubles } from './metrics-blob.ts'

const ID = 1_758_191_616_000_003
const VALUES = Float64Array.of(1, 0.25, Number.NaN)
const HEAD = fromDoubles(VALUES)
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

it('seals a head row as in storage.md 10.3', () => {
  const hex = '000000000000f03f000000000000d03f000000000000f87f26241176'
  expect(toHex(sealBlob('head', ID, HEAD))).toBe(hex)
})

it('seals chunk, window and rollup as in storage.md 10.3', () => {
  const deltas = encodeColumn(Float64Array.of(100, 102, 105, 105, 104))
  expect(toHex(sealBlob('chunk', 4_176_721_477_709, deltas))).toBe('01c8010406000126a38a8b')
  const grid = encodeColumn(Float64Array.of(0, 30_000, 60_000, 90_000, 120_000, 150_000))
  const window = sealBlob('win', 2_039_414_787, Uint8Array.of(6, ...grid))
  expect(toHex(window)).toBe('06610000e0d40300038759e4f6')
  const group = joinGroup(
    [Float64Array.of(3, 3, 3), Float64Array.of(1, 2, Number.NaN), Float64Array.of(0.5, 0.5, 0.75)].map(
      encodeColumn,
    ),
  )
  expect(toHex(sealBlob('r5', 348_060_123_213, group))).toBe(
    '010309000000000000000840061101020102020703063fe0801608c00d322c',
  )
})

it('finds every flipped bit of a chunk', () => {
  const sealed = sealBlob('chunk', 7, encodeColumn(Float64Array.of(100, 102, 105, 105, 104)))
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const flipped = sealed.slice()
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(openBlob('chunk', 7, flipped)).toBeUndefined()
  }
  expect(decodeColumn(openBlob('chunk', 7, sealed) ?? sealed, 5)[4]).toBe(104)
})

it('makes the checksums of storage.md 10.3', () => {
  const [clusterId, memberId] = ['14841639068965178418', '10276657743932975437']
  const series = {
    id: 77,
    member: 3,
    source: 'wal_fsync',
    labels: '',
    kind: 3,
    bounds: '[0.001,0.002]',
    place: 5,
  }
  expect(rowChecksum('123456789').toString(16)).toBe('cbf43926')
  expect(memberChecksum(3, { clusterId, memberId })).toBe(1_436_693_719)
  expect(seriesChecksum(series)).toBe(3_734_951_532)
})

it('gives the values back, wherever the blob lies in memory', () => {
  const sealed = sealBlob('head', ID, HEAD)
  for (let offset = 0; offset < 9; offset++) {
    const moved = new Uint8Array(sealed.length + 9)
    moved.set(sealed, offset)
    const body = openBlob('head', ID, moved.subarray(offset, offset + sealed.length))
    expect(body && toDoubles(body)).toEqual(VALUES)
  }
  const empty = openBlob('head', ID, sealBlob('head', ID, new Uint8Array(0)))
  expect(empty && toDoubles(empty)).toEqual(new Float64Array(0))
  expect(toDoubles(new Uint8Array(12))).toBeUndefined()
})

it('finds every flipped bit, every cut, and a blob under a wrong key', () => {
  const sealed = sealBlob('head', ID, HEAD)
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const flipped = sealed.slice()
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(openBlob('head', ID, flipped)).toBeUndefined()
  }
  for (let length = 0; length < sealed.length; length++)
    expect(openBlob('head', ID, sealed.subarray(0, length))).toBeUndefined()
  expect(openBlob('head', ID + 1, sealed)).toBeUndefined()
})
