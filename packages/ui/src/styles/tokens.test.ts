import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contrast, distance, VISIONS } from '../../test/colour-science.ts'
import { SEQUENCE } from '../charts/chart-columns.ts'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')
const GROUNDS = ['canvas', 'surface', 'raised', 'hover', 'selected'] as const

/** Least contrast of a text on the grounds it may stand on (ui.md 15.3); `faint` becomes `muted` on hovered and chosen rows. */
const TEXTS: readonly (readonly [string, readonly string[], number])[] = [
  ['text', [...GROUNDS, 'ok-wash', 'warn-wash', 'crit-wash', 'info-wash'], 7],
  ['muted', [...GROUNDS, 'warn-wash', 'crit-wash', 'info-wash'], 4.5],
  ['faint', ['canvas', 'surface', 'raised'], 4.5],
  ...['accent', 'ok', 'notice', 'warn', 'crit'].map((role) => [role, GROUNDS, 4.5] as const),
  ['on-fill', ['accent-fill', 'crit-fill'], 4.5],
  ['focus', ['canvas', 'surface', 'raised'], 3],
  ['control', ['surface', 'hover'], 3],
]

describe.each(['dark', 'light'])('the %s theme', (theme) => {
  const start = css.indexOf(`:root[data-theme="${theme}"]`)
  const block = css.slice(start, css.indexOf('}', start))
  const colours = new Map(
    [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  )
  const colour = (name: string) => colours.get(name) ?? expect.unreachable(`no colour ${name} in ${theme}`)

  it.each(TEXTS)('has %s readable on %j: at least %d to 1', (role, grounds, least) => {
    for (const ground of grounds) {
      expect(contrast(colour(role), colour(ground)), `${role} on ${ground}`).toBeGreaterThanOrEqual(least)
    }
  })

  it.each([...SEQUENCE, 'gray'])('has the series %s visible on a panel', (name) => {
    expect(contrast(colour(`series-${name}`), colour('surface'))).toBeGreaterThanOrEqual(3)
  })

  it.each(['normal', 'protan', 'deutan', 'tritan'] as const)(
    'keeps every two series apart for %s vision',
    (vision) => {
      for (const [index, one] of SEQUENCE.entries()) {
        for (const other of SEQUENCE.slice(index + 1)) {
          const apart = distance(colour(`series-${one}`), colour(`series-${other}`), VISIONS[vision])
          expect(apart, `${one} and ${other}`).toBeGreaterThanOrEqual(14)
        }
      }
    },
  )
})

it('measures as the reference data of CIEDE2000 and WCAG do', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  expect(distance('#ffffff', '#000000', VISIONS.normal)).toBeCloseTo(100, 1)
  expect(distance('#ff0000', '#00ff00', VISIONS.normal)).toBeCloseTo(86.6, 1)
})
