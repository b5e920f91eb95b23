import { expect, it } from 'vitest'
import { toggleSeries } from './hidden-series.ts'

const keys = ['a', 'b', 'c']

it.each([
  { hidden: [], key: 'a', isSolo: false, after: ['a'] },
  { hidden: ['a', 'b'], key: 'a', isSolo: false, after: ['b'] },
  { hidden: [], key: 'b', isSolo: true, after: ['a', 'c'] },
  { hidden: ['b'], key: 'b', isSolo: true, after: ['a', 'c'] },
  { hidden: ['a', 'c'], key: 'b', isSolo: true, after: [] },
  { hidden: ['a'], key: 'b', isSolo: true, after: ['a', 'c'] },
])(
  'after a click on $key (alone: $isSolo) with $hidden off, $after are off',
  ({ hidden, key, isSolo, after }) => {
    expect([...toggleSeries(new Set(hidden), keys, key, isSolo)]).toEqual(after)
  },
)
