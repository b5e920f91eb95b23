import { render } from '@solidjs/testing-library'
import { beforeEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import '../styles/tokens.css'
import '../styles/base.css'
import { aLine } from '../../test/a-chart.ts'
import { ChartLegend } from './ChartLegend.tsx'
import type { ChartSeries } from './chart-columns.ts'

beforeEach(() => page.viewport(350, 600))

const open = (...series: ChartSeries[]) =>
  render(() => (
    <div>
      <ChartLegend
        {...{ title: 'A chart', series, cursor: undefined, isLive: true, isLoaded: true, part: undefined }}
        {...{ formatTime: () => '14:02:10', hidden: new Set<string>(), highlighted: undefined }}
        onToggle={() => {}}
        onHighlight={() => {}}
      />
    </div>
  ))
const heading = (name: string) => page.getByRole('columnheader', { name })

it('on a phone gives up the average', async () => {
  open(aLine('a', [1, 2]))
  await expect.element(heading('min')).toBeVisible()
  await expect.element(heading('avg')).not.toBeInTheDocument()
})

it('on a phone keeps the total of what is counted, rather than the smallest slot', async () => {
  open(aLine('a', [1, 2], { isCount: true }))
  await expect.element(heading('total')).toBeVisible()
  await expect.element(heading('min')).not.toBeInTheDocument()
})

it('on a phone keeps the mark of an old value, without the time', async () => {
  const { container } = open(aLine('a', [1, 2], { staleSince: 7 }))
  await expect.element(heading('min')).toBeVisible()
  const isShown = (selector: string) => container.querySelector(selector)?.checkVisibility()
  expect(isShown('.chart-legend-note .icon')).toBe(true)
  expect(isShown('.chart-legend-stale > span')).toBe(false)
})

it('says that there is no data of a line without a value, not of one that has none now', async () => {
  const none = { min: null, max: null, avg: null, last: null }
  open(aLine('ended', [1, null], { stats: none }), aLine('empty', [null, null]))
  await expect.element(page.getByRole('button', { name: 'empty' })).toMatchTextContent(/no data/)
  await expect.element(page.getByRole('button', { name: 'ended' })).not.toMatchTextContent(/no data/)
})
