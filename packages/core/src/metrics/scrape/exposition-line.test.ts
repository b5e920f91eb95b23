import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import data from '../fixtures/metrics-data.json' with { type: 'json' }
import { leadingName, parseLine, parseValue } from './exposition-line.ts'

const vectors = data.vectors.filter(({ fn }) => fn === 'parseLine')

/** The spelling of the vectors. */
function spell(line: ReturnType<typeof parseLine>): unknown {
  if (line === undefined || line === 'malformed') return line ?? null
  const value = Number.isFinite(line.value) ? line.value : line.value > 0 ? '+Inf' : 'NaN'
  return { name: line.name, labels: Object.fromEntries(line.labels), value }
}

describe('parseLine', () => {
  it('has all vectors', () => expect(vectors).toHaveLength(15))

  it.each(vectors)('$id', ({ input, expect: wanted }) => {
    expect(spell(parseLine(String(input)))).toEqual(wanted)
  })

  it.each([
    ['x{} 1', 1],
    ['x{a="1",} 1', 1],
    ['\tx\t1\t', 1],
    ['x 1.', 1],
    ['x .5', 0.5],
    ['x +1e-3', 0.001],
    ['x 1E5', 100_000],
    ['x nan', NaN],
    ['x -INFINITY', -Infinity],
    ['x inf', Infinity],
    ['x 1 -5.25', 1],
    ['x 1 5 # {} 3', 1],
    ['a:b_C9{l="{},=\\" # "} 7', 7],
    [`x{a="${'é'.repeat(2_048)}"} 1`, 1],
  ])('reads %j', (text, value) => {
    expect(parseLine(text)).toMatchObject({ value })
  })

  it.each([
    'x{,} 1',
    'x{a="1",,} 1',
    'x{a="1" b="2"} 1',
    'x{a="1"',
    'x{a=1} 1',
    'x{="1"} 1',
    'x{a:b="1"} 1',
    'x{a="1"} ',
    '9x 1',
    '{a="1"} 1',
    'x 1 2 3',
    'x 1e',
    'x 1,5',
    'x .',
    'x +nan',
    'x 1 5#',
    'x 1 1e3',
    '\ufeffx 1',
    'x\u00a01',
    `x{a="${'é'.repeat(2_049)}"} 1`,
    `x{${Array.from({ length: 65 }, (_, i) => `l${i}="1"`).join(',')}} 1`,
  ])('refuses %j', (text) => {
    expect(parseLine(text)).toBe('malformed')
  })

  it('takes 64 labels', () => {
    const labels = Array.from({ length: 64 }, (_, i) => `l${i}="${i}"`)
    expect(spell(parseLine(`x{${labels.join(',')}} 1`))).toMatchObject({ labels: { l63: '63' } })
  })

  it('gives back every line that was written by the grammar, whatever its blanks', () => {
    const blanks = fc.stringMatching(/^[ \t]{0,3}$/)
    const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,10}$/)
    const labels = fc.dictionary(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/), fc.string(), {
      maxKeys: 5,
      noNullPrototype: false,
    })
    const line = fc.record({ name, labels, value: fc.double(), blank: blanks, comma: fc.boolean() })
    fc.assert(
      fc.property(line, ({ name, labels, value, blank, comma }) => {
        const pairs = Object.entries(labels).map(
          ([key, text]) => `${blank}${key}${blank}=${blank}"${quoted(text)}"${blank}`,
        )
        const braces = pairs.length > 0 ? `{${pairs.join(',')}${comma ? `,${blank}` : ''}}` : ' '
        const parsed = parseLine(`${blank}${name}${blank}${braces}${blank}${spellValue(value)}${blank}`)
        if (!parsed || parsed === 'malformed') throw new Error('not a sample')
        expect(parsed.name).toBe(name)
        expect([...parsed.labels]).toEqual(Object.entries(labels))
        expect(parsed.value).toBe(value === 0 && Object.is(value, -0) ? -0 : value)
      }),
      { numRuns: 500 },
    )
  })

  it('reads a line of 64 KiB without running out of stack', () => {
    expect(parseLine(`x{a="${'\\\\'.repeat(2_000)}"} 1`)).toMatchObject({ value: 1 })
    expect(parseLine(`x{a="${'\\\\'.repeat(32_000)}"} 1`)).toBe('malformed')
    expect(parseLine(`x${' \t'.repeat(32_000)}`)).toBe('malformed')
  })
})

const quoted = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

function spellValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return Object.is(value, -0) ? '-0' : String(value)
}

describe('leadingName', () => {
  it('names the family of a line that is damaged further on', () => {
    expect(leadingName(' \tetcd_server_has_leader{"} x')).toBe('etcd_server_has_leader')
    expect(leadingName('{etcd 1')).toBeUndefined()
  })
})

describe('parseValue', () => {
  it.each([
    ['0.001', 0.001],
    ['1e-3', 0.001],
    ['+Inf', Infinity],
    ['nan', NaN],
    [' 1', undefined],
    ['1 2', undefined],
    ['', undefined],
    ['0x1', undefined],
  ])('reads %j as %s', (text, value) => {
    expect(parseValue(text)).toEqual(value)
  })
})
