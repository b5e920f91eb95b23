import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { beforeEach, expect, it } from 'vitest'
import { changePrefs, currentPrefs } from '../../prefs.ts'
import type { GivenLayout } from '../layout/arrange-panels.ts'
import { type ShownSection, shownSections, toggleExtended, toggleFold } from './section-state.ts'

let layout: GivenLayout
const shown = () => shownSections(currentPrefs().monitor, layout, FURTHER_PANELS)
const find = (id: string): ShownSection =>
  shown().find((section) => section.id === id) ?? expect.unreachable(`no section ${id}`)

beforeEach(() => {
  layout = undefined
  changePrefs({ monitor: {} })
})

it('shows by default the 21 panels of the default layout', () => {
  const open = shown().filter(({ isFolded }) => !isFolded)
  expect(open.flatMap(({ panels }) => panels)).toHaveLength(21)
  expect(open.map(({ id }) => id)).toEqual(['raft', 'disk', 'storage', 'network', 'grpc', 'runtime'])
})

it('folds a section, and shows the rest of it, until asked otherwise', () => {
  changePrefs({ monitor: { range: '6h' } })
  toggleFold(find('raft'))
  expect(find('raft').isFolded).toBe(true)
  toggleFold(find('raft'))
  expect(find('raft')).toMatchObject({ isFolded: false, isExtended: false, isUsual: true })
  expect(find('raft').panels).toHaveLength(5)
  toggleExtended(find('raft'))
  expect(find('raft').panels).toHaveLength(9)
  toggleExtended(find('raft'))
  expect(find('raft').panels).toHaveLength(5)
  expect(currentPrefs().monitor.range).toBe('6h')
})

it('opens a section of panels that are hidden by default', () => {
  expect(find('lease')).toMatchObject({ isFolded: true, isUsual: false })
  toggleFold(find('lease'))
  expect(find('lease')).toMatchObject({ isFolded: false })
  expect(find('lease').panels).toHaveLength(1)
  toggleFold(find('lease'))
  expect(find('lease')).toMatchObject({ isFolded: true })
})

it('shows what the account has chosen, and the hidden rest when asked', () => {
  const item = (id: string, order: number, visible = true) => ({ id, visible, order })
  layout = {
    panels: [
      item('chartLeaseActivity', 1),
      item('chartServerHealth', 2),
      item('chartRaftProposals', 3),
      ...find('raft')
        .panels.filter(({ id }) => id !== 'chartRaftProposals')
        .map(({ id }, index) => item(id, index + 4, false)),
    ],
  }
  expect(find('raft').panels.map(({ id }) => id)).toEqual(['chartServerHealth', 'chartRaftProposals'])
  expect(find('lease')).toMatchObject({ isFolded: false, isUsual: true })
  toggleExtended(find('raft'))
  expect(find('raft').panels).toHaveLength(9)
})
