import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { KeyNodeAnswer } from '../../../api/answers.ts'
import {
  TOP,
  type TreeLevel,
  type TreeNode,
  type TreeRow,
  type TreeRows,
  toRows,
  toTreeNode,
} from './tree-rows.ts'

const dir = (key: string): KeyNodeAnswer => ({ key, dir: true, count: 2 })
const leaf = (key: string): KeyNodeAnswer => ({ key, dir: false, modifiedIndex: 5 })

/** Levels by the key of their directory, `''` for the top. */
function rowsOf(
  directories: Readonly<
    Record<string, { readonly nodes: readonly KeyNodeAnswer[]; readonly cursor?: string }>
  >,
  open: readonly string[],
): TreeRows {
  const levels = new Map<string, TreeLevel>()
  const nodes = new Map<string, TreeNode>()
  for (const [key, level] of Object.entries(directories)) {
    const directory = key === '' ? TOP : `t${key}`
    const made = level.nodes.map((node, place) => toTreeNode(node, directory, place))
    for (const node of made) nodes.set(node.id, node)
    levels.set(directory, { nodes: made, cursor: level.cursor ?? null })
  }
  return toRows({ levels, open: new Set(open.map((key) => `t${key}`)), find: (id) => nodes.get(id) })
}

const list = (rows: TreeRows): TreeRow[] =>
  Array.from({ length: rows.length }, (_, at) => rows.at(at)).filter((row) => row !== undefined)
const print = (rows: TreeRows) =>
  list(rows).map((row) => `${row.depth} ${row.kind === 'node' ? row.node.id : `rest of ${row.directory}`}`)

const TREE = {
  '': { nodes: [dir('/a'), dir('__proto__'), leaf('/z')] },
  '/a': { nodes: [dir('/a/'), leaf('/a/b')], cursor: 'more' },
  '/a/': { nodes: [leaf('/a//b')] },
}

it('rows are what is open, in the order of the levels, with what is missing below each', () => {
  const rows = rowsOf(TREE, ['/a', '/a/', '__proto__'])
  expect(print(rows)).toEqual([
    '0 t/a',
    '1 t/a/',
    '2 t/a//b',
    '1 t/a/b',
    '1 rest of t/a',
    '0 t__proto__',
    '1 rest of t__proto__',
    '0 t/z',
  ])
  expect(list(rows).map((_, at) => rows.parentOf(at))).toEqual([-1, 0, 1, 0, 0, -1, 5, -1])
  expect(rows.restsIn(0, 4)).toEqual([])
  expect(rows.restsIn(0, 7)).toEqual(['t/a', 't__proto__'])
  expect(rows.restsIn(5, 99)).toEqual(['t__proto__'])
  expect(rows.at(8)).toBeUndefined()
})

it('a node in a closed directory has no row', () => {
  const rows = rowsOf(TREE, ['/a/'])
  expect(print(rows)).toEqual(['0 t/a', '0 t__proto__', '0 t/z'])
  expect(rows.indexOf(toTreeNode(leaf('/a//b'), 't/a/', 0))).toBe(-1)
  expect(rows.indexOf(undefined)).toBe(-1)
})

it('nothing loaded is the rest of the root, an empty keyspace no row', () => {
  expect(print(rowsOf({}, []))).toEqual(['0 rest of '])
  expect(rowsOf({ '': { nodes: [] } }, []).length).toBe(0)
})

it('a tree of 1,000 levels has a row for each', () => {
  const keys = Array.from({ length: 1_000 }, (_, at) => 'a'.repeat(at + 1))
  const levels = Object.fromEntries(keys.map((key, at) => [keys[at - 1] ?? '', { nodes: [dir(key)] }]))
  expect(rowsOf(levels, keys).length).toBe(1_001)
})

it('finds each row where a walk over the whole tree has it', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 })
  const shape = fc.array(fc.tuple(names, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(shape, (plan) => {
      const directories: Record<string, { nodes: KeyNodeAnswer[]; cursor?: string }> = {}
      const open: string[] = []
      const waiting = ['']
      for (const [children, isCut, isOpen] of plan) {
        const directory = waiting.shift()
        if (directory === undefined) break
        const nodes = children.map((name) => dir(`${directory}/${name}`))
        directories[directory] = { nodes, ...(isCut && { cursor: 'more' }) }
        if (isOpen) open.push(directory)
        waiting.push(...nodes.map(({ key }) => key))
      }
      const walk = (directory: string, depth: number): string[] => [
        ...(directories[directory]?.nodes ?? []).flatMap(({ key }) => [
          `${depth} t${key}`,
          ...(open.includes(key) ? walk(key, depth + 1) : []),
        ]),
        ...(directories[directory] && !directories[directory].cursor
          ? []
          : [`${depth} rest of ${directory === '' ? '' : `t${directory}`}`]),
      ]
      const rows = rowsOf(directories, open)
      expect(print(rows)).toEqual(walk('', 0))
      for (const [at, row] of list(rows).entries())
        if (row.kind === 'node') expect(rows.indexOf(row.node)).toBe(at)
    }),
  )
})
