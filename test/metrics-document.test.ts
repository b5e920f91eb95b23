import { readFile } from 'node:fs/promises'
import { METRICS } from '@etcdmonitor/core/metrics/catalogue'
import { expect, it } from 'vitest'
import { METRICS_DOCUMENT, metricsDocument } from '../scripts/metrics-document.ts'

it('docs/metrics.md is the catalogue as it stands; node scripts/metrics-document.ts writes it', async () => {
  expect(await readFile(METRICS_DOCUMENT, 'utf8')).toBe(metricsDocument())
})

it('has a row for every metric', () => {
  const rows = metricsDocument().match(/^\| `[a-z]\w+` \|/gm) ?? []
  const names = new Set(rows.map((row) => row.slice(3, -3)))
  expect(METRICS.filter(({ name }) => !names.has(name))).toEqual([])
})
