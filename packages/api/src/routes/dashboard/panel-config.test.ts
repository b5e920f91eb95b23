import { anEvent } from '@etcdmonitor/core/contracts/audit-entries'
import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiRig, bearer, JSON_TYPE, openApi } from '../../api-rig.contract.ts'

const PATH = '/api/user/panel-config'

let api: ApiRig
let token: string
beforeEach(async () => {
  api = await openApi()
  await api.addAdmin()
  token = await api.token()
})

const get = () => api.get(PATH, token)
const putText = (body: string) =>
  api.send(PATH, { method: 'PUT', body, headers: { ...JSON_TYPE, ...bearer(token) } })
const put = (body: unknown) => putText(JSON.stringify(body))

const item = (id: string, order = 0, visible = true) => ({ id, visible, order })
const items = (count: number, visible = true) =>
  Array.from({ length: count }, (_, index) => item(`card${index}`, index, visible))

it('gives the default panels, and no cards, until something is stored', async () => {
  const { status, json } = await get()
  expect(status).toBe(200)
  expect(json.panels).toHaveLength(41)
  expect(json.panels[0]).toEqual({ id: 'chartRaftProposals', visible: true, order: 0 })
  expect(json.panels[40]).toEqual({ id: 'chartScrapeHealth', visible: false, order: 40 })
  expect(Object.keys(json)).toEqual(['panels'])
})

it('gives what was put, completed; the whole of it can be put again', async () => {
  const panels = [item('chartWALFsync', 9, false), item('chartCPU', 2)]
  const cards = [item('cardWAL', 3), item('cardLater', 1, false)]
  expect(await put({ panels, cards })).toMatchObject({ status: 200, json: { message: 'ok' } })
  const { json } = await get()
  expect(json.cards).toEqual(cards)
  expect(json.panels.slice(0, 3)).toEqual([...panels, item('chartRaftProposals', 10)])
  expect(json.panels).toHaveLength(41)
  expect((await put(json)).status).toBe(200)
  expect((await get()).json).toEqual(json)
  expect((await put({ panels: [] })).status).toBe(200)
  expect((await get()).json).not.toHaveProperty('cards')
})

it('P5 takes unknown and repeated ids, leaves out unknown panels, and keeps unknown cards', async () => {
  const panels = [item('chartLater', 1), item('chartCPU', 2), item('chartCPU', 3, false)]
  const cards = [item('cardLater', 1), item('cardLater', 2, false)]
  expect((await put({ panels, cards })).status).toBe(200)
  const { json } = await get()
  expect(json.panels[0]).toEqual(item('chartCPU', 2))
  expect(json.panels).toHaveLength(41)
  expect(json.cards).toEqual([item('cardLater', 1)])
})

it('is audited when it is stored', async () => {
  await put({ panels: [item('chartCPU', 5, false)] })
  await put({ panels: [], cards: items(8) })
  const { entries } = await api.deps.state.audit.page({ operation: 'panel_config' }, { size: 10 })
  expect(entries).toMatchObject([{ username: 'admin', target: 'admin', verdict: 'succeeded', message: 'ok' }])
})

it.each([
  [
    'has members and items of a later release',
    { panels: [{ ...item('chartCPU', 5, false), size: 'L' }], rows: 2 },
  ],
  ['has an item of another form', { panels: ['chartGC', item('chartCPU', 5, false), { id: 'chartGC' }] }],
  ['has an order beyond the bounds', { panels: [{ ...item('chartCPU', 5, false) }, item('chartGC', 1e9)] }],
])('gives what it can of a stored layout that %s', async (_, layout) => {
  await api.deps.state.panels.put('ADMIN', JSON.stringify(layout), anEvent())
  const { status, json } = await get()
  expect([status, json.panels[0]]).toEqual([200, item('chartCPU', 5, false)])
  expect(json.panels).toHaveLength(41)
  expect((await put(json)).status).toBe(200)
})

it.each(['{', '[]', '{"layout":[]}', 'null'])(
  'gives the default panels where %s is stored',
  async (document) => {
    await api.deps.state.panels.put('ADMIN', document, anEvent())
    const { status, json } = await get()
    expect([status, json.panels[0].id, json.panels.length]).toEqual([200, 'chartRaftProposals', 41])
  },
)

it('is that of the account that is signed in', async () => {
  await put({ panels: [item('chartCPU', 5, false)] })
  const document = JSON.stringify({ panels: [item('chartGC', 1)] })
  await api.deps.state.panels.put('ADMIN', document, anEvent())
  expect((await get()).json.panels[0].id).toBe('chartGC')
})

describe('a layout that is not taken', () => {
  it('P1 has more than seven visible cards; nothing is stored', async () => {
    const eight = await put({ panels: [], cards: items(8) })
    expect(eight).toMatchObject({
      status: 400,
      json: { code: 'too_many_visible_cards', error: 'too many visible cards', max: 7 },
    })
    expect((await get()).json).not.toHaveProperty('cards')
    const seven = [...items(7), ...items(9, false).slice(7)]
    expect((await put({ panels: [], cards: seven })).status).toBe(200)
    expect((await get()).json.cards).toEqual(seven)
  })

  it.each([
    ['P2', {}, '/panels', 'required'],
    ['P2', { panels: {} }, '/panels', 'wrong_type'],
    ['P2', { panels: null }, '/panels', 'wrong_type'],
    ['P2', { panels: ['chartCPU'] }, '/panels/0', 'wrong_type'],
    ['P2', { panels: [{ id: 'chartCPU', order: 1 }] }, '/panels/0/visible', 'required'],
    ['P2', { panels: [{ ...item('chartCPU'), visible: 'true' }] }, '/panels/0/visible', 'wrong_type'],
    ['P2', { panels: [item('chartCPU', 1.5)] }, '/panels/0/order', 'wrong_type'],
    ['P2', { panels: [item('chartCPU', -1)] }, '/panels/0/order', 'out_of_range'],
    ['P2', { panels: [item('chartCPU', 10_001)] }, '/panels/0/order', 'out_of_range'],
    ['P2', { panels: [{ ...item('chartCPU'), order: null }] }, '/panels/0/order', 'wrong_type'],
    ['P3', { panels: items(201) }, '/panels', 'too_many_items'],
    ['P3', { panels: [], cards: items(201, false) }, '/cards', 'too_many_items'],
    ['P4', { panels: [item('<script>')] }, '/panels/0/id', 'invalid_format'],
    ['P4', { panels: [item('__proto__')] }, '/panels/0/id', 'invalid_format'],
    ['P4', { panels: [item(`a${'b'.repeat(64)}`)] }, '/panels/0/id', 'invalid_format'],
    ['P4', { panels: [item('')] }, '/panels/0/id', 'invalid_format'],
    ['G23', { panels: [], role: 'root' }, '/role', 'unknown_member'],
    ['G23', { panels: [{ ...item('chartCPU'), title: 'x' }] }, '/panels/0/title', 'unknown_member'],
  ])('%s %j: %s is %s', async (_, body, pointer, code) => {
    const { status, json } = await put(body)
    expect([status, json.code]).toEqual([400, 'validation_failed'])
    expect(json.errors[0]).toMatchObject({ in: 'body', pointer, code })
  })

  it('P2 P3 has a number beyond all bounds, or is too large', async () => {
    const huge = await putText('{"panels":[{"id":"chartCPU","visible":true,"order":1e308}]}')
    expect(huge).toMatchObject({ status: 400, json: { code: 'validation_failed' } })
    const large = await putText(JSON.stringify({ panels: [], cards: [], x: ' '.repeat(66_560) }))
    expect(large).toMatchObject({ status: 413, json: { code: 'payload_too_large' } })
  })
})

it('wants a session, and no body member of another account', async () => {
  expect((await api.get(PATH)).status).toBe(401)
  expect((await api.send(PATH, { method: 'PUT', body: '{}', headers: JSON_TYPE })).status).toBe(401)
  expect((await api.get(`${PATH}?user=x`, token)).json.errors[0].code).toBe('unknown_parameter')
})

it('P6 leaves one whole layout of two that are put at once', async () => {
  const layouts = ['chartCPU', 'chartGC'].map((id) => ({ panels: [item(id, 7)], cards: [item(id, 1)] }))
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(layouts.map(put))
    const { json } = await get()
    expect(json.cards[0].id).toBe(json.panels[0].id)
  }
})

it('says that the store is away', async () => {
  const { keys, state } = api.deps
  const away = () => Promise.reject(new AppError('auth_store_unavailable', 'away'))
  const without = { ...state, panels: { get: away, put: away }, [Symbol.asyncDispose]: async () => {} }
  const broken = await openApi({ keys, state: without })
  expect((await broken.get(PATH, token)).json.code).toBe('auth_store_unavailable')
})
