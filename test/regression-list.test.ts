import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { REPOSITORY } from './setup/planted-tree.ts'

const KV = 'packages/adapters/src/etcd/kv'
const ROUTES = 'packages/api/src/routes/keys'
const CORE = 'packages/core/src/keys'

/** What went wrong with keys in other clients of etcd, by the number of its row, and where it is tested here. */
const ROWS = [
  ['ET6', `${KV}/limited-user.server.test.ts`],
  ['ET7', `${KV}/limited-user.server.test.ts`],
  ['ET8', 'packages/adapters/src/etcd/auth.server.test.ts'],
  ['ET9', `${KV}/kv-faults.server.test.ts`],
  ['ET10', `${KV}/lost-answers.server.test.ts`],
  ['ET11', `${KV}/lost-answers.server.test.ts`],
  ['ET12', `${KV}/kv-faults.server.test.ts`],
  ['ET13', `${KV}/kv-faults.server.test.ts`],
  ['ET14', `${KV}/kv-faults.server.test.ts`],
  ['ET15', `${KV}/kv-faults.server.test.ts`],
  ['ET24', `${KV}/lost-answers.server.test.ts`],
  ['ET25', `${CORE}/walk-level.test.ts`],
  ['ET25', `${CORE}/write-tree.test.ts`],
  ['ET25', `${KV}/range-reply.test.ts`],
  ['ET26', `${CORE}/write-tree.test.ts`],
  ['ET26', `${ROUTES}/odd-keys.server.test.ts`],
  ['ET27', `${KV}/lost-answers.server.test.ts`],
  ['ET28', `${ROUTES}/key-inputs.test.ts`],
  ['ET32', `${CORE}/walk-level.test.ts`],
  ['ET32', `${KV}/limited-user.server.test.ts`],
  ['ET32', `${ROUTES}/key-tree.test.ts`],
  ['ET33', 'packages/adapters/src/etcd/members/proxy.server.test.ts'],
  ['ET34', `${KV}/kv-faults.server.test.ts`],
  ['K34', `${ROUTES}/key-failures.server.test.ts`],
  ['K39', `${ROUTES}/key-failures.server.test.ts`],
  ['K44', `${ROUTES}/key-failures.server.test.ts`],
] as const

it.each(ROWS)('%s is tested in %s', (row, file) => {
  const titles = readFileSync(join(REPOSITORY, file), 'utf8')
    .split('\n')
    .filter((line) => /^\s*(it|describe)\b|^\s*['"`]/.test(line))
  expect(titles.filter((line) => new RegExp(`\\b${row}\\b`).test(line))).not.toEqual([])
})
