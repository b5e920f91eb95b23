import { expect, it } from 'vitest'
import { createLinePacker, unpackLines } from './batch-body.ts'

const line = (i: number) => `prometheus,member_id=${i % 7} field=${i ** 3} 1790035200000`

it.each([1, 500, 20_000])('gives %i lines back as they were put in, in turns', async (count) => {
  const packer = createLinePacker()
  const lines = Array.from({ length: count }, (_, i) => line(i))
  for (let first = 0; first < count; first += 900) packer.add(lines.slice(first, first + 900))
  expect(unpackLines(await packer.finish())).toEqual(lines)
})

it('has no lines of a body that is cut, and none that are wrong of one with another bit', async () => {
  const packer = createLinePacker()
  const lines = Array.from({ length: 18_000 }, (_, i) => line(i))
  for (let first = 0; first < lines.length; first += 900) packer.add(lines.slice(first, first + 900))
  const body = await packer.finish()
  expect(unpackLines(body.subarray(0, -9))).toEqual([])
  const read = []
  for (let at = 11; at < body.length; at += 4_999)
    read.push(unpackLines(body.map((byte, i) => (i === at ? byte ^ 1 : byte))))
  const damaged = read.filter((found) => found.length === 0)
  expect(damaged.length).toBeGreaterThan(read.length * 0.9)
  // deflate fills pieces up to a byte with bits that mean nothing
  for (const found of read) if (found.length > 0) expect(found).toEqual(lines)
})
