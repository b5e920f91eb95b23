import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { showBytes } from '@etcdmonitor/core/keys/show-key'
import { expect, it } from 'vitest'
import type { KeyNodeAnswer } from '../../api/answers.ts'
import { identityOf } from './key-name.ts'
import { parentRow, type TreeLevel, type TreeRow, toRows, toTreeNode } from './tree-rows.ts'

const id = (key: string) => identityOf(toUtf8(key))
const level = (nodes: readonly KeyNodeAnswer[], cursor: string | null = null): TreeLevel => ({
  nodes: nodes.map(toTreeNode),
  cursor,
})
const dir = (key: string): KeyNodeAnswer => ({ key, dir: true, count: 2 })
const leaf = (key: string): KeyNodeAnswer => ({ key, dir: false, modifiedIndex: 5 })
const print = (rows: readonly TreeRow[]) =>
  rows.map(
    (row) =>
      `${row.depth} ${row.kind === 'node' ? showBytes(row.node.key) : `rest of ${showBytes(row.directory)}`}`,
  )

it('rows are what is open, in the order of the levels, with what is missing below each', () => {
  const levels = new Map([
    [id(''), level([dir('/a'), dir('__proto__'), leaf('/z')])],
    [id('/a'), level([dir('/a/'), leaf('/a/b')], 'more')],
    [id('/a/'), level([leaf('/a//b')])],
  ])
  const rows = toRows(levels, new Set([id('/a'), id('/a/'), id('__proto__')]))
  expect(print(rows)).toEqual([
    '0 /a',
    '1 /a/',
    '2 /a//b',
    '1 /a/b',
    '1 rest of /a',
    '0 __proto__',
    '1 rest of __proto__',
    '0 /z',
  ])
  expect(rows.map((_, at) => parentRow(rows, at))).toEqual([-1, 0, 1, 0, 0, -1, 5, -1])
})

it('nothing loaded is the rest of the root, an empty keyspace no row', () => {
  expect(print(toRows(new Map(), new Set()))).toEqual(['0 rest of '])
  expect(toRows(new Map([[id(''), level([])]]), new Set())).toEqual([])
})

it('a tree of 1,000 levels has a row for each', () => {
  const keys = Array.from({ length: 1_000 }, (_, at) => 'a'.repeat(at + 1))
  const levels = new Map(keys.map((key, at) => [id(keys[at - 1] ?? ''), level([dir(key)])]))
  expect(toRows(levels, new Set(keys.map(id)))).toHaveLength(1_001)
})
