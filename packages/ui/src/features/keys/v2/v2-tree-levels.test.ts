import { expect, it } from 'vitest'
import type { V2NodeAnswer } from '../../../api/answers.ts'
import { toRows } from '../tree/tree-rows.ts'
import { toV2Levels } from './v2-tree-levels.ts'

const key = (name: string, more: object = {}): V2NodeAnswer => ({ key: name, dir: false, ...more })
const dir = (name: string, nodes: readonly V2NodeAnswer[]): V2NodeAnswer => ({ key: name, dir: true, nodes })
const TREE = dir('/', [
  dir('/app', [dir('/app/empty', []), key('/app/config', { ttl: 5 })]),
  key('/web'),
  dir('/__proto__', [key('/__proto__/App')]),
])

const print = (filter: string, open: ReadonlySet<string>) => {
  const { levels, nodes } = toV2Levels(TREE, filter)
  const rows = toRows({ levels, open, find: (id) => nodes.get(id) })
  return Array.from({ length: rows.length }, (_, at) => {
    const row = rows.at(at)
    return row?.kind === 'node' ? `${row.depth} ${row.node.id} ${row.node.count}` : 'rest'
  })
}

it('counts the keys in each directory, empty ones included', () => {
  expect(toV2Levels(TREE, '').count).toBe(3)
  expect(print('', new Set(['t/app']))).toEqual([
    '0 t/app 1',
    '1 t/app/empty 0',
    '1 t/app/config 1',
    '0 t/web 1',
    '0 t/__proto__ 1',
  ])
})

it('a filter keeps what has it in its name, and opens the way to it', () => {
  const { opened } = toV2Levels(TREE, 'APP')
  expect(print('APP', opened)).toEqual(['0 t/app 1', '0 t/__proto__ 1', '1 t/__proto__/App 1'])
  expect(print('nothing', new Set())).toEqual([])
})
