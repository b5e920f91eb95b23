import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, toUtf8 } from './bytes.ts'
import type { KeyRange } from './key-entry.ts'
import { isInRange } from './key-range.ts'
import { keyspace, toEntry } from './random-keyspace.contract.ts'
import { type RangePart, walkRange } from './walk-range.ts'

const WHOLE = { from: toUtf8(''), to: toUtf8('') }

/** As etcd answers, at most `limit` entries; `walked` are the keys that each range costs it. */
function etcdOf(keys: readonly Uint8Array[], limit: number) {
  const walked: number[] = []
  const lower = (bytes: Uint8Array) => {
    let low = 0
    for (let high = keys.length; low < high; ) {
      const middle = (low + high) >> 1
      if (compareBytes(keys[middle]!, bytes) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
  const read = async ({ from, to }: KeyRange): Promise<RangePart> => {
    const first = lower(from)
    const count = Math.max(0, (to.length === 0 ? keys.length : lower(to)) - first)
    const length = Math.min(limit, count)
    walked.push(count)
    const slice = (start: number, end: number) =>
      keys.slice(first + start, first + Math.min(end, length)).map((key) => toEntry(key))
    return { length, count, more: length < count, slice }
  }
  return { read, walked }
}

interface Walk {
  readonly keys: readonly Uint8Array[]
  readonly range?: KeyRange
  readonly limit: number
  readonly most: number
}

async function walkAll({ keys, range = WHOLE, limit, most }: Walk) {
  const { read, walked } = etcdOf(keys, limit)
  const seen: string[] = []
  const more: boolean[] = []
  for await (const { part, ...rest } of walkRange({ range, read, most })) {
    more.push(rest.more)
    seen.push(...part.slice(0, part.length).map(({ key }) => key.join()))
  }
  return { seen, more, walked }
}

describe('walkRange', () => {
  it('ET25 gives each key of any range once, in order, whatever the pages and the windows hold', async () => {
    const bound = fc.constantFrom('', '/', '/a', '/a/', '0', 'a', 'aa', 'b', ':').map(toUtf8)
    const property = fc.asyncProperty(
      keyspace,
      bound,
      bound,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 9 }),
      async (keys, from, to, limit, most) => {
        const range = { from, to }
        const { seen, more } = await walkAll({ keys, range, limit, most })
        expect(seen).toEqual(keys.filter((key) => isInRange(key, range)).map((key) => key.join()))
        expect(more).toEqual([...Array(more.length - 1).fill(true), false])
      },
    )
    await fc.assert(property, { numRuns: process.env.TEST_SUITE === 'full' ? 20_000 : 2_000 })
  })

  it('gives one empty part for a range without keys', async () => {
    expect(await walkAll({ keys: [], limit: 10, most: 10 })).toEqual({ seen: [], more: [false], walked: [0] })
  })

  it('asks for a range of few keys as it is, page by page', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => toUtf8(`/${10 + index}`))
    expect((await walkAll({ keys, limit: 10, most: 20 })).walked).toEqual([40, 30, 20, 10])
  })

  it('ends where no key is left, although the answers told of more', async () => {
    const { read } = etcdOf([toUtf8('/a'), toUtf8('/b')], 1)
    const lying = async (range: KeyRange) => ({ ...(await read(range)), count: 1_000 })
    const seen: number[] = []
    for await (const { part } of walkRange({ range: WHOLE, read: lying, most: 10 })) seen.push(part.length)
    expect(seen).toEqual([1, 1, 0])
  })
})

describe('walkRange over many keys, where a range costs etcd all keys up to its end', () => {
  const numbers = (most: number) => Array.from({ length: most }, (_, index) => index)
  const digits = (number: number, length: number) => String(number).padStart(length, '0')
  /** As random names are: told apart by their first bytes. */
  const random = (index: number) => (((index + 1) * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')

  it.each([
    [
      'in eight levels, and some beside them',
      [
        ...numbers(25_000).map((key) => `/a${[...digits(key, 5)].join('/b')}/leaf`),
        ...numbers(5_000).map((key) => `/flat/${digits(key, 6)}`),
      ],
    ],
    ['with random names', numbers(30_000).map((key) => `/registry/${random(key)}`)],
    [
      'of many directories',
      numbers(200).flatMap((name) => numbers(150).map((key) => `/tenant-${10_000 + name}/cfg/item${key}`)),
    ],
    ['that begin alike', numbers(30_000).map((key) => `${'/x'.repeat(30)}/${digits(key, 9)}`)],
  ])('walks few of them twice: %s', async (_, texts) => {
    const keys = [...new Set(texts)].toSorted((a, b) => (a < b ? -1 : 1)).map(toUtf8)
    const { seen, walked } = await walkAll({ keys, limit: 500, most: 500 })
    expect(seen).toHaveLength(keys.length)
    const [whole, ...windows] = walked
    expect(whole).toBe(keys.length)
    // in pages of the rest it would be 25 to 30 times as many as there are keys
    const again = windows.reduce((sum, count) => sum + count, 0)
    expect(again / keys.length).toBeLessThan(3)
    expect(walked.length).toBeLessThan((8 * keys.length) / 500)
  })
})
