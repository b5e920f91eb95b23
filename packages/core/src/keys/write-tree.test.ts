import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareBytes, toUtf8 } from './bytes.ts'
import { keyspace, SEPARATORS, splitLevel, toEntry } from './random-keyspace.contract.ts'
import { showBytes, toText } from './show-key.ts'
import { createTreeWriter } from './write-tree.ts'

interface Node {
  readonly key: string
  readonly dir: boolean
  readonly version?: number
  readonly nodes?: readonly Node[]
}

function write(keys: readonly Uint8Array[], separator = '/'): { node: Node; isFolded: boolean } {
  const writer = createTreeWriter(toUtf8(separator))
  for (const [index, key] of keys.entries()) writer.add(toEntry(key, index))
  const isFolded = writer.end()
  return { node: JSON.parse(toText(writer.take()) ?? '') as Node, isFolded }
}

/** The same by sorting and splitting, level by level. */
const split = (keys: readonly Uint8Array[], prefix: Uint8Array, separator: string): readonly Node[] =>
  splitLevel(keys, prefix, separator).map(({ id, isKey, count }) => {
    const below = toUtf8(separator)
    const nodes = split(keys, Uint8Array.from([...id, ...below]), separator)
    return { key: showBytes(id), dir: count > 0, ...(isKey && { version: 1 }), ...(count > 0 && { nodes }) }
  })

/** A plain key may come after siblings whose key begins with its own. */
const ordered = ({ key, dir, version, nodes }: Node): Node => ({
  key,
  dir,
  ...(version !== undefined && { version }),
  ...(nodes && { nodes: nodes.map(ordered).toSorted((a, b) => (a.key < b.key ? -1 : 1)) }),
})

it('ET25 writes the tree that sorting and splitting gives', () => {
  const numRuns = process.env.TEST_SUITE === 'full' ? 20_000 : 2_000
  const property = fc.property(keyspace, fc.constantFrom(...SEPARATORS), (keys, separator) => {
    const { node, isFolded } = write(keys, separator)
    const wanted = { key: separator, dir: true, nodes: split(keys, toUtf8(''), separator) }
    expect(ordered(node)).toEqual(ordered(wanted))
    expect(isFolded).toBe(false)
  })
  fc.assert(property, { numRuns })
})

it('ET26 writes key and directory of one name as one node, whatever lies between them', () => {
  const keys = ['/a', '/a+', '/a-b', '/a.bak', '/a/x', '/a0'].map(toUtf8)
  expect(write(keys).node).toEqual({
    key: '/',
    dir: true,
    nodes: [
      { key: '/a+', dir: false, createdIndex: 2, modifiedIndex: 2, version: 1 },
      { key: '/a-b', dir: false, createdIndex: 3, modifiedIndex: 3, version: 1 },
      { key: '/a.bak', dir: false, createdIndex: 4, modifiedIndex: 4, version: 1 },
      {
        key: '/a',
        dir: true,
        createdIndex: 1,
        modifiedIndex: 1,
        version: 1,
        nodes: [{ key: '/a/x', dir: false, createdIndex: 5, modifiedIndex: 5, version: 1 }],
      },
      { key: '/a0', dir: false, createdIndex: 6, modifiedIndex: 6, version: 1 },
    ],
  })
})

it('writes what is no UTF-8 with its bytes, and names a lease', () => {
  const writer = createTreeWriter(toUtf8('/'))
  writer.add({ ...toEntry(Uint8Array.of(0xff)), leaseId: '7587864094525301249' })
  writer.end()
  expect(toText(writer.take())).toBe(
    '{"key":"/","dir":true,"nodes":[{"key":"\\\\xff","key_b64":"/w==","dir":false,"createdIndex":1,"modifiedIndex":1,"version":1,"lease_id":"7587864094525301249"}]}',
  )
})

it('K23 folds what is deeper than 256 levels, in a key of 500,000 segments too', () => {
  const depthOf = (node: Node | undefined): number => {
    let depth = 0
    for (let one = node; one?.nodes; one = one.nodes[0]) depth += 1
    return depth
  }
  const flat = write([toUtf8('/x'.repeat(256))])
  expect([depthOf(flat.node), flat.isFolded]).toEqual([256, false])
  const deep = write([toUtf8('/x'.repeat(500))])
  expect([depthOf(deep.node), deep.isFolded]).toEqual([257, true])
  const huge = write([toUtf8('/x'.repeat(500_000)), toUtf8('/y')].toSorted(compareBytes))
  expect([depthOf(huge.node), huge.isFolded]).toEqual([257, true])
})

it('gives its text in pieces', () => {
  const writer = createTreeWriter(toUtf8('/'))
  writer.add(toEntry(toUtf8('/a/b')))
  const first = toText(writer.take()) ?? ''
  expect(writer.size()).toBe(0)
  writer.end()
  expect(first + toText(writer.take())).toBe(
    '{"key":"/","dir":true,"nodes":[{"key":"/a","dir":true,"nodes":[{"key":"/a/b","dir":false,"createdIndex":1,"modifiedIndex":1,"version":1}]}]}',
  )
})

it('escapes what JSON escapes, and keeps every other character', () => {
  const keys = ['/"', '/\\', '/\n', '/\u007f', '/ä', '/€', '/😀'].toSorted().map(toUtf8)
  const { nodes } = write(keys).node
  expect(nodes?.map(({ key }) => key).toSorted()).toEqual(
    ['/"', '/\\', '/\n', '/\u007f', '/ä', '/€', '/😀'].toSorted(),
  )
})

it('gives a piece that is larger than what it has room for', () => {
  const writer = createTreeWriter(toUtf8('/'))
  const long = 'x'.repeat(400_000)
  for (const name of ['a', 'b']) writer.add(toEntry(toUtf8(`${name}${long}`)))
  writer.end()
  const { nodes } = JSON.parse(toText(writer.take()) ?? '') as Node
  expect(nodes?.map(({ key }) => key)).toEqual([`a${long}`, `b${long}`])
})
