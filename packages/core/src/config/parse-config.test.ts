import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CONFIG_SCHEMA, KEYS } from './config-schema.ts'
import { nearName } from './near-name.ts'
import { parseConfig } from './parse-config.ts'

const noFile = () => {
  throw new Error('does not exist')
}
const sections = Object.entries(CONFIG_SCHEMA.shape).map(
  ([section, { shape }]) => [section, fc.oneof(fc.constantFrom(...Object.keys(shape)), fc.string())] as const,
)
const values = fc.oneof(
  fc.anything(),
  fc.integer(),
  fc.string(),
  fc.constantFrom('', true, '5s', 'http://a:1'),
)
const documents = fc.record(
  Object.fromEntries(sections.map(([section, keys]) => [section, fc.dictionary(keys, values)])),
  { requiredKeys: [] },
)

it.each(KEYS)('says what is wanted at $path', ({ wanted }) => {
  expect(wanted).toMatch(/^\S.+/)
})

it('answers any document with values of the right types and with problems of one bounded line each', () => {
  fc.assert(
    fc.property(fc.oneof(documents, fc.anything()), (document) => {
      const { config, problems, warnings } = parseConfig(document, { env: {}, readFile: noFile })
      expect(config.etcd.endpoint.length).toBeGreaterThan(0)
      expect(Number.isSafeInteger(config.collector.interval)).toBe(true)
      for (const line of [...problems, ...warnings]) {
        expect(line).toMatch(/^[^\n\r]+$/)
        expect(line.length).toBeLessThan(600)
      }
    }),
  )
})

it('never shows what stands at a key of a secret or at an unknown key', () => {
  fc.assert(
    fc.property(fc.constantFrom('password', 'passwrd', 'token'), values, (key, value) => {
      const secret = { toJSON: () => 'hunter2', toString: () => 'hunter2', value }
      for (const raw of ['hunter2', ['hunter2'], secret]) {
        const { problems } = parseConfig({ etcd: { [key]: raw } }, { env: {}, readFile: noFile })
        expect(problems).not.toEqual([])
        expect(problems.join('\n')).not.toContain('hunter2')
      }
    }),
  )
})

it.each([
  ['intervall', 'interval'],
  ['intrval', 'interval'],
  ['level', undefined],
  ['interval_ms', undefined],
])('takes %s for %s', (name, meant) => {
  expect(nearName(name, ['interval', 'endpoint', 'user'])).toBe(meant)
})
