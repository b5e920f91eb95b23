import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, toUtf8 } from './bytes.ts'
import { isInRange, isWithin, mergeRanges, prefixRange } from './key-range.ts'
import { keyspace, SEPARATORS, splitLevel, toEntry } from './random-keyspace.contract.ts'
import type { ReadKeys } from './read-keys.ts'
import { readWithin } from './read-within.ts'
import { type LevelBounds, type LevelNode, type LevelPosition, walkLevel } from './walk-level.ts'

/** Pages of at most `most` keys, however many are asked for. */
const readerOf =
  (keys: readonly Uint8Array[], most = Number.POSITIVE_INFINITY): ReadKeys =>
  async (range, limit) => {
    const found = keys.filter((key) => isInRange(key, range))
    const entries = found.slice(0, Math.min(limit, most)).map((key) => toEntry(key))
    return { entries, count: found.length, more: entries.length < found.length }
  }

interface Asked {
  readonly keys: readonly Uint8Array[]
  readonly read?: ReadKeys
  readonly prefix?: Uint8Array
  readonly separator?: string
  readonly limit?: number
  readonly bounds?: LevelBounds
}

/** All pages together. */
async function walkAll({ keys, prefix = toUtf8(''), separator = '/', limit = 1_000, ...rest }: Asked) {
  const nodes: LevelNode[] = []
  const counts: (number | undefined)[] = []
  let start: LevelPosition | undefined
  do {
    const walk = { prefix, separator: toUtf8(separator), limit, read: readerOf(keys), start, ...rest }
    const level = await walkLevel(walk)
    nodes.push(...level.nodes)
    counts.push(level.count)
    start = level.next
  } while (start)
  return { nodes, counts }
}

const show = ({ id, entry, count = 0 }: LevelNode) => ({
  id: [...id].join(),
  isKey: entry !== undefined,
  count,
})
const expected = (keys: readonly Uint8Array[], prefix: Uint8Array, separator: string) =>
  splitLevel(keys, prefix, separator).map(({ id, isKey, count }) => ({ id: [...id].join(), isKey, count }))

const sorted = (...texts: string[]) => texts.toSorted((a, b) => (a < b ? -1 : 1)).map(toUtf8)
const names = (nodes: readonly LevelNode[]) =>
  nodes.map(({ id, entry, count }) => [new TextDecoder().decode(id), entry !== undefined, count ?? 0])

describe('walkLevel', () => {
  it('K21 keeps /x//y, /x/y, x/y, /x/y/, / and //z apart', async () => {
    const keys = sorted('/x//y', '/x/y', 'x/y', '/x/y/', '/', '//z')
    expect(names((await walkAll({ keys })).nodes)).toEqual([
      ['/', true, 1],
      ['/x', false, 3],
      ['x', false, 1],
    ])
    expect(names((await walkAll({ keys, prefix: toUtf8('/x/') })).nodes)).toEqual([
      ['/x/', false, 1],
      ['/x/y', true, 1],
    ])
    expect(names((await walkAll({ keys, prefix: toUtf8('/x/y/') })).nodes)).toEqual([['/x/y/', true, 0]])
    expect(names((await walkAll({ keys, prefix: toUtf8('//') })).nodes)).toEqual([['//z', true, 0]])
  })

  it('K22 shows segments that name parts of objects', async () => {
    const keys = sorted('/__proto__/x', '/constructor', '/hasOwnProperty/y')
    expect(names((await walkAll({ keys })).nodes)).toEqual([
      ['/__proto__', false, 1],
      ['/constructor', true, 0],
      ['/hasOwnProperty', false, 1],
    ])
  })

  it('K30 gives each node once at one child a page, among siblings below the separator', async () => {
    const keys = sorted('a', 'a-b', 'a-b/y', 'a.c', 'a/x', 'a/y', 'a0')
    const { nodes, counts } = await walkAll({ keys, limit: 1 })
    expect(names(nodes)).toEqual([
      ['a', true, 2],
      ['a-b', true, 1],
      ['a.c', true, 0],
      ['a0', true, 0],
    ])
    expect(counts).toEqual([7, undefined, undefined, undefined])
  })

  it('ET25 equals sorting and splitting all keys, at any limit, page and separator, with windows and without', async () => {
    const numRuns = process.env.TEST_SUITE === 'full' ? 20_000 : 2_000
    const property = fc.asyncProperty(
      keyspace,
      fc.constantFrom(...SEPARATORS),
      fc.nat({ max: 40 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 70 }),
      fc.constantFrom(0, 3, 20, 20_000),
      async (keys, separator, pick, limit, most, beyond) => {
        const levels = [
          toUtf8(''),
          ...keys.flatMap((key) => prefixesOf(key, separator)).filter((prefix) => prefix.length > 0),
        ]
        const prefix = levels[pick % levels.length]!
        const bounds = { countBeyond: beyond, seekBeyond: Math.floor(beyond / 4) }
        const read = readerOf(keys, most)
        const { nodes, counts } = await walkAll({ keys, read, prefix, separator, limit, bounds })
        expect(nodes.map(show)).toEqual(expected(keys, prefix, separator))
        expect(counts[0]).toBe(keys.filter((key) => isInRange(key, prefixRange(prefix))).length)
      },
    )
    await fc.assert(property, { numRuns })
  })

  it('ET32 sees of granted ranges what sorting and splitting the visible keys gives', async () => {
    const bound = fc.constantFrom('', '/', '/a', '/a/', '/a0', '0', 'a', 'a/', 'a0', 'b')
    const property = fc.asyncProperty(
      keyspace,
      fc.array(fc.tuple(bound, bound), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(0, 20_000),
      async (keys, pairs, limit, beyond) => {
        const grants = mergeRanges(
          pairs
            .map(([from, to]) => ({ from: toUtf8(from), to: toUtf8(to) }))
            .filter(
              ({ from, to }) =>
                to.length === 0 || !isWithin({ from, to: from }, [{ from: to, to: toUtf8('') }]),
            ),
        )
        const visible = keys.filter((key) => grants.some((grant) => isInRange(key, grant)))
        const read = readWithin(grants, readerOf(keys, 7))
        const bounds = { countBeyond: beyond, seekBeyond: beyond }
        const { nodes } = await walkAll({ keys, read, limit, bounds })
        expect(nodes.map(show)).toEqual(expected(visible, toUtf8(''), '/'))
      },
    )
    await fc.assert(property, { numRuns: process.env.TEST_SUITE === 'full' ? 20_000 : 1_000 })
  })

  it('ends no page at a key that is too long for a cursor, and refuses too many of them', async () => {
    const long = (name: number) => toUtf8(`/${String(name).padStart(4, '0')}${'x'.repeat(2_000)}`)
    const keys = Array.from({ length: 60 }, (_, index) => long(index))
    expect((await walkAll({ keys, limit: 5 })).nodes).toHaveLength(60)
    const many = Array.from({ length: 120 }, (_, index) => long(index))
    await expect(walkAll({ keys: many, limit: 5 })).rejects.toMatchObject({ code: 'result_too_large' })
  })

  it('asks for few ranges, and few keys twice, of many directories', async () => {
    const keys = Array.from({ length: 2_000 }, (_, index) => toUtf8(`/${String(index).padStart(5, '0')}/x`))
    let asked = 0
    const read: ReadKeys = (range, limit) => {
      asked += 1
      return readerOf(keys)(range, limit)
    }
    const { nodes } = await walkAll({ keys, read, limit: 1_000 })
    expect(nodes).toHaveLength(2_000)
    expect(asked).toBeLessThan(20)
  })
})

describe('walkLevel among large directories, where a range costs etcd all keys up to its end', () => {
  const directory = (name: string, size: number) =>
    Array.from({ length: size }, (_, index) => `/${name}/${String(index).padStart(6, '0')}`)
  const digits = (most: number) => Array.from({ length: most }, (_, index) => index)
  /** As random names are: told apart by their first bytes. */
  const random = (index: number) => (((index + 1) * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')

  it.each([
    [
      'ten of ten and three others',
      [
        ...digits(10).flatMap((name) => directory(`a${name}`, 1_000)),
        ...directory('five', 50),
        ...directory('flat', 2_000),
        ...directory('twenty', 200),
      ],
      3,
      90,
    ],
    [
      'a hundred with numbers',
      digits(100).flatMap((name) => directory(`customer-${1_000 + name}`, 100)),
      4,
      700,
    ],
    [
      'fifty with random names',
      digits(50).flatMap((name) => directory(`${random(name)}-${random(name)}`, 200)),
      5,
      900,
    ],
  ] as const)('counts few keys of %s more than twice, with few ranges', async (_, texts, times, ranges) => {
    const keys = texts.map(toUtf8).toSorted(compareBytes)
    let [counted, asked] = [0, 0]
    const read: ReadKeys = async (range, limit) => {
      asked += 1
      const from = indexAt(keys, range.from)
      const to = range.to.length === 0 ? keys.length : Math.max(from, indexAt(keys, range.to))
      counted += to - from
      const entries = keys.slice(from, Math.min(to, from + limit)).map((key) => toEntry(key))
      return { entries, count: to - from, more: entries.length < to - from }
    }
    const bounds = { countBeyond: 200, seekBeyond: 50 }
    const { nodes, counts } = await walkAll({ keys, read, bounds })
    expect(nodes.map(show)).toEqual(expected(keys, toUtf8(''), '/'))
    expect(counts).toEqual([keys.length])
    expect(counted / keys.length).toBeLessThan(times)
    expect(asked).toBeLessThan(ranges)
  })
})

/** Of the first key that is not below `bound`. */
function indexAt(keys: readonly Uint8Array[], bound: Uint8Array): number {
  const at = keys.findIndex((key) => compareBytes(key, bound) >= 0)
  return at < 0 ? keys.length : at
}

/** Prefixes of all directories that the key lies in. */
function prefixesOf(key: Uint8Array, separator: string): Uint8Array[] {
  const text = String.fromCharCode(...key)
  const found: Uint8Array[] = []
  for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + separator.length))
    found.push(key.subarray(0, at + separator.length))
  return found
}
