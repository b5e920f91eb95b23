import { AppError } from '@etcdmonitor/core/errors'
import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import {
  completeLayout,
  MAX_LAYOUT_ITEMS,
  MAX_ORDER,
  readLayout,
} from '@etcdmonitor/core/metrics/panel-layout'
import { PANELS } from '@etcdmonitor/core/metrics/panels'
import { MAX_CARDS } from '@etcdmonitor/core/metrics/tiles'
import { z } from '@hono/zod-openapi'
import { successOf } from '../../audit/audited.ts'
import type { ApiDeps } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { Message } from '../auth/auth-schemas.ts'

const items = z
  .array(
    z.strictObject({
      id: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/),
      visible: z.boolean(),
      order: z.int().min(0).max(MAX_ORDER),
    }),
  )
  .max(MAX_LAYOUT_ITEMS)

const PanelConfig = z.strictObject({ panels: items, cards: items.optional() }).openapi('PanelConfig')

const getConfig = defineRoute({
  method: 'get',
  path: '/',
  summary: 'Which panels and cards the account sees, and in which order',
  rules: { auth: 'session', deadline: 10_000, errors: [] },
  request: { query: z.strictObject({}) },
  answer: PanelConfig,
})

const putConfig = defineRoute({
  method: 'put',
  path: '/',
  summary: 'Replace the whole layout of the account',
  rules: { auth: 'session', deadline: 10_000, errors: ['too_many_visible_cards'] },
  request: { body: PanelConfig },
  answer: Message,
})

const ALL_PANELS = [...PANELS, ...FURTHER_PANELS].toSorted((a, b) => a.order - b.order)

/** `/api/user/panel-config` (api.md 5.5). */
export const panelConfigRoutes = ({ state }: Pick<ApiDeps, 'state'>) =>
  createRouter()
    .openapi(getConfig, async (c) => {
      const document = await state.panels.get(c.var.session.userId)
      const stored = document === undefined ? undefined : readLayout(document)
      const { panels, cards } = completeLayout(stored, ALL_PANELS)
      return c.json({ panels: [...panels], ...(cards && { cards: [...cards] }) }, 200)
    })
    .openapi(putConfig, async (c) => {
      const config = c.req.valid('json')
      if ((config.cards ?? []).filter(({ visible }) => visible).length > MAX_CARDS)
        throw new AppError('too_many_visible_cards', 'too many visible cards', {
          details: { max: MAX_CARDS },
        })
      const { userId, username } = c.var.session
      const event = successOf(c, { operation: 'panel_config', target: username })
      await state.panels.put(userId, JSON.stringify(config), event)
      return c.json({ message: 'ok' }, 200)
    })
