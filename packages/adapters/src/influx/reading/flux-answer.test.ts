import { describe, expect, it } from 'vitest'
import { BadAnswer, readAnswer } from './flux-answer.ts'

const WHOLE = [
  '#datatype,string,long,long',
  '#group,false,false,false',
  '#default,whole,,',
  ',result,table,whole',
  ',,0,1',
  '',
]
const HEAD = [
  '#datatype,string,long,dateTime:RFC3339,double,string,string',
  '#group,false,false,false,false,true,true',
]
const NEWEST = [
  ...HEAD,
  '#default,newest,,,,,',
  ',result,table,_time,_value,_field,peer',
  ',,0,2026-10-20T00:00:00Z,1.5,a,1',
  ',,0,2026-10-20T00:00:30.25Z,2,a,1',
  ',,1,2026-10-20T00:00:00Z,3,a,"x, ""y"""',
  '',
]

function read(lines: readonly string[]) {
  const rows: unknown[] = []
  let count = 0
  const reader = readAnswer(
    ({ result, cell }) =>
      (at, value) =>
        rows.push([result, cell('peer'), cell('le'), at, value]),
    () => count++,
  )
  for (const line of lines) reader.line(line)
  reader.end()
  return { rows, count }
}

describe('an answer of the server', () => {
  it('gives rows with what their table has in common', () => {
    expect(read([...WHOLE, ...NEWEST])).toEqual({
      rows: [
        ['newest', '1', undefined, Date.UTC(2026, 9, 20), '1.5'],
        ['newest', '1', undefined, Date.UTC(2026, 9, 20) + 30_250, '2'],
        ['newest', 'x, "y"', undefined, Date.UTC(2026, 9, 20), '3'],
      ],
      count: 3,
    })
  })

  it('tells tables of two blocks apart, though their numbers may be the same', () => {
    const { rows } = read([...NEWEST, ...NEWEST.map((line) => line.replace('newest', 'seam')), ...WHOLE])
    expect(rows.map((row) => (row as readonly string[])[0])).toEqual([
      ...['newest', 'newest', 'newest'],
      ...['seam', 'seam', 'seam'],
    ])
  })

  it.each([
    { name: 'an empty answer', lines: [] },
    { name: 'an answer without the row that stands in every one', lines: NEWEST },
    { name: 'a page of a proxy', lines: ['<html><body>', '<h1>ok</h1>', '</html>', ''] },
    { name: 'an answer that ends within a line', lines: [...WHOLE, ...NEWEST.slice(0, -2), ',,1,2026-10'] },
    { name: 'an answer that ends after a line', lines: [...WHOLE, ...NEWEST.slice(0, -1)] },
    { name: 'a line that was cut', lines: [...WHOLE, ...NEWEST.slice(0, -2), ',,1,2026-10', ''] },
    {
      name: 'a failure after the first rows',
      lines: [
        ...WHOLE,
        ...NEWEST,
        '#datatype,string,string',
        '#group,true,true',
        '#default,,',
        ',error,reference',
        ',failed to read,',
        '',
      ],
    },
  ])('takes $name for no answer', ({ lines }) => {
    expect(() => read(lines)).toThrow(BadAnswer)
  })
})
