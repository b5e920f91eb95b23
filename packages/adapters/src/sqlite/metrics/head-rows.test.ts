import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { fromDoubles, sealBlob } from './columns/metrics-blob.ts'
import { keepHeadRows, openHeadRows } from './head-rows.ts'
import { headId } from './metrics-keys.ts'
import { TABLES } from './metrics-schema.ts'

const START = 1_790_035_200_000
const MINUTE = 60_000
const MEMBER = 3

it('gives what it keeps of a member as long as that is all there is', async () => {
  using db = new DatabaseSync(':memory:')
  db.exec(TABLES)
  const damage = { found: () => {}, any: false, forget: () => {} }
  const store = (at: number) => {
    const id = headId(at, MEMBER)
    db.prepare('INSERT INTO head VALUES (?, ?)').run(
      id,
      sealBlob('head', id, fromDoubles(Float64Array.of(at))),
    )
    db.exec(`INSERT OR REPLACE INTO newest VALUES (${MEMBER}, ${at}, ${at})`)
  }
  store(START)
  store(START + MINUTE)
  const head = keepHeadRows(db, openHeadRows(db, damage))
  const warm = () => head.warm(MEMBER, { from: START, to: Number.MAX_SAFE_INTEGER }, async () => {})
  const instants = (from: number, newestAt: number) => head.kept(MEMBER, from, newestAt)?.map(({ at }) => at)
  expect(instants(START, START + MINUTE)).toBeUndefined()
  expect(instants(START + 2 * MINUTE, START + MINUTE)).toEqual([])
  await warm()
  expect(instants(START, START + MINUTE)).toEqual([START, START + MINUTE])
  expect(instants(START + MINUTE, START + MINUTE)).toEqual([START + MINUTE])
  store(START + 2 * MINUTE)
  expect(instants(START + MINUTE, START + 2 * MINUTE)).toBeUndefined()
  await warm()
  expect(instants(START + MINUTE, START + 2 * MINUTE)).toEqual([START + MINUTE, START + 2 * MINUTE])
})
