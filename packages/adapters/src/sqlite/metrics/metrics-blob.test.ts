import { expect, it } from 'vitest'
import { openBlob, rowChecksum, sealBlob } from './metrics-blob.ts'
import { memberChecksum, seriesChecksum } from './metrics-series.ts'

const ID = 1_758_191_616_000_003
const VALUES = Float64Array.of(1, 0.25, Number.NaN)

it('seals a head row as in storage.md 10.3', () => {
  const hex = '000000000000f03f000000000000d03f000000000000f87f26241176'
  expect(Buffer.from(sealBlob('head', ID, VALUES)).toString('hex')).toBe(hex)
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
  const sealed = sealBlob('head', ID, VALUES)
  for (let offset = 0; offset < 9; offset++) {
    const moved = new Uint8Array(sealed.length + 9)
    moved.set(sealed, offset)
    expect(openBlob('head', ID, moved.subarray(offset, offset + sealed.length))).toEqual(VALUES)
  }
  expect(openBlob('head', ID, sealBlob('head', ID, new Float64Array(0)))).toEqual(new Float64Array(0))
})

it('finds every flipped bit, every cut, and a blob under a wrong key', () => {
  const sealed = sealBlob('head', ID, VALUES)
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const flipped = sealed.slice()
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(openBlob('head', ID, flipped)).toBeUndefined()
  }
  for (let length = 0; length < sealed.length; length++)
    expect(openBlob('head', ID, sealed.subarray(0, length))).toBeUndefined()
  expect(openBlob('head', ID + 1, sealed)).toBeUndefined()
})
