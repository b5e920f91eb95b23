import { expect, it } from 'vitest'
import { changePrefs, currentPrefs, dismiss, parsePrefs } from './prefs.ts'

const DEFAULTS = parsePrefs(null)

it.each([null, '', 'x{', 'null', '[]', '7', '{"v":2,"theme":"light"}', '{"theme":"light"}'])(
  'takes %s for nothing stored',
  (text) => {
    expect(parsePrefs(text)).toEqual(DEFAULTS)
  },
)

it('keeps what can be used of a damaged text', () => {
  const monitor = { member: 7, range: '6h', refresh: 'x'.repeat(65), folded: ['raft', 7], extended: ['disk'] }
  const text = JSON.stringify({
    v: 1,
    theme: 'light',
    density: 'huge',
    timeZone: 'utc',
    lastUser: ['a'],
    wrap: 'yes',
    monitor,
  })
  expect(parsePrefs(text)).toEqual({
    v: 1,
    theme: 'light',
    density: 'comfortable',
    timeZone: 'utc',
    lastUser: '',
    dismissed: [],
    wrap: false,
    shortcuts: true,
    monitor: { range: '6h', extended: ['disk'] },
  })
})

it('stores a change so that it is read back', () => {
  changePrefs({ theme: 'dark', monitor: { range: '24h' } })
  expect(parsePrefs(localStorage.getItem('etcdmonitor.prefs'))).toEqual(currentPrefs())
  expect(currentPrefs()).toMatchObject({ theme: 'dark', monitor: { range: '24h' } })
})

it('remembers the last 20 banners that were dismissed', () => {
  for (let id = 1; id <= 22; id += 1) dismiss(`lock ${id}`)
  expect(currentPrefs().dismissed).toHaveLength(20)
  expect(currentPrefs().dismissed.at(-1)).toBe('lock 22')
  expect(parsePrefs(localStorage.getItem('etcdmonitor.prefs')).dismissed).toEqual(currentPrefs().dismissed)
})
