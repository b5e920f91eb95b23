import { expect, it } from 'vitest'
import { readDefragMark } from './defrag-mark.ts'

const COUNT = 'etcd_disk_backend_defrag_duration_seconds_count'
const START = 'process_start_time_seconds'

it.each([
  [`${COUNT} 3\n${START} 1.79e+09\n`, { count: 3, processStart: 1.79e9 }],
  [`${COUNT}{} 0\n# HELP ${START} x\n${START} 1790000000.25\n`, { count: 0, processStart: 1_790_000_000.25 }],
  [`${COUNT} 3\n`, undefined],
  [`${START} 3\n`, undefined],
  [`x_${COUNT} 3\n${START} 1\n`, undefined],
  [`${COUNT} NaN\n${START} 1\n`, undefined],
  ['', undefined],
])('reads of %j the mark %o', (page, mark) => {
  expect(readDefragMark(page)).toEqual(mark)
})
