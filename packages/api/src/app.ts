import { createHeldRefusals } from './auth/hold-refusals.ts'
import { createSessionGate } from './auth/session-gate.ts'
import { createTicketDoor } from './auth/ticket-door.ts'
import type { ApiDeps } from './deps.ts'
import { createClientAddress } from './http/client-address.ts'
import { addFrame } from './http/frame.ts'
import { type RouteTable, routeTable } from './http/route-table.ts'
import { createRouter } from './http/router.ts'
import { createEpochBook } from './keys/data-epoch.ts'
import { createMemberBook } from './members/member-book.ts'
import { toOperationDeps } from './ops/operations.ts'
import { createRangeAnswers } from './range/range-answers.ts'
import { auditLogsRoutes } from './routes/audit/audit-logs.ts'
import { authRoutes } from './routes/auth/auth.ts'
import { currentRoutes } from './routes/dashboard/current.ts'
import { membersRoutes } from './routes/dashboard/members.ts'
import { panelConfigRoutes } from './routes/dashboard/panel-config.ts'
import { rangeRoutes } from './routes/dashboard/range.ts'
import { statusRoutes } from './routes/dashboard/status.ts'
import { keyDeleteRoutes } from './routes/keys/key-delete.ts'
import { keyListRoutes } from './routes/keys/key-lists.ts'
import { keyPutRoutes } from './routes/keys/key-put.ts'
import { keySearchRoutes } from './routes/keys/key-search.ts'
import { keyTreeRoutes } from './routes/keys/key-tree.ts'
import { keysRoutes } from './routes/keys/keys.ts'
import { v2ChangeRoutes } from './routes/keys/v2-changes.ts'
import { v2KeysRoutes } from './routes/keys/v2-keys.ts'
import { opsAlarmsRoutes } from './routes/ops/ops-alarms.ts'
import { opsCompactRoutes } from './routes/ops/ops-compact.ts'
import { opsDefragmentRoutes } from './routes/ops/ops-defragment.ts'
import { opsHashKvRoutes } from './routes/ops/ops-hashkv.ts'
import { opsMoveLeaderRoutes } from './routes/ops/ops-move-leader.ts'
import { opsRescueRoutes } from './routes/ops/ops-rescue.ts'
import { opsRunsRoutes } from './routes/ops/ops-runs.ts'
import { opsSnapshotRoutes } from './routes/ops/snapshot/ops-snapshot.ts'
import { debugRoutes } from './routes/self/debug.ts'
import { healthRoutes } from './routes/self/health.ts'
import { openapiRoutes } from './routes/self/openapi.ts'

/** The whole HTTP API, and the pages, as one portable `fetch(request, connection)`. Holds caches alone. */
export function createApp(deps: ApiDeps) {
  const gate = createSessionGate(deps)
  const tickets = createTicketDoor(deps)
  const app = createRouter()
  let table: RouteTable | undefined
  addFrame(app, {
    ...deps,
    allowedHosts: deps.settings.allowedHosts,
    isTls: deps.settings.isTls,
    clientAddress: createClientAddress(deps.settings.trustedProxies),
    routes: () => (table ??= routeTable(app)),
    authenticate: gate.authenticate,
    authenticateTicket: async (ticket, address) => (await tickets.admit(ticket, address)).session,
  })
  const { metrics, clock, gzip, settings } = deps
  const refusals = createHeldRefusals(clock)
  app.fetch = refusals.around(app.fetch)
  const book = createMemberBook(deps, settings.interval)
  const answers = createRangeAnswers({ metrics, clock, gzip, interval: settings.interval })
  const epochs = createEpochBook(book, clock)
  const operations = toOperationDeps(deps, book)
  const openDebug = () => debugRoutes(deps, book, { range_answers: answers.size })
  return (
    app
      .route('/api/auth', authRoutes(deps, gate, refusals))
      .route('/api/members', membersRoutes(deps, book))
      .route('/api/current', currentRoutes(deps, book))
      .route('/api/range', rangeRoutes(deps, { book, answers }))
      .route('/api/status', statusRoutes(deps, book))
      .route('/api/ops/audit-logs', auditLogsRoutes(deps))
      .route('/api/ops/runs', opsRunsRoutes(deps))
      .route('/api/ops/compact', opsCompactRoutes(operations))
      .route('/api/ops/move-leader', opsMoveLeaderRoutes(operations))
      .route('/api/ops/defragment', opsDefragmentRoutes(operations))
      .route('/api/ops/alarms', opsAlarmsRoutes(operations))
      .route('/api/ops/snapshot', opsSnapshotRoutes({ ...operations, random: deps.random }))
      .route('/api/ops/rescue', opsRescueRoutes(operations))
      .route('/api/ops/hashkv', opsHashKvRoutes(operations))
      .route('/api/user/panel-config', panelConfigRoutes(deps))
      .route('/api/kv/v3', keysRoutes(deps, epochs))
      .route('/api/kv/v3', keyListRoutes(deps, epochs))
      .route('/api/kv/v3', keyTreeRoutes(deps, epochs))
      .route('/api/kv/v3', keySearchRoutes(deps, epochs))
      .route('/api/kv/v3', keyPutRoutes(deps, epochs))
      .route('/api/kv/v3', keyDeleteRoutes(deps, epochs))
      .route('/api/kv/v2', v2KeysRoutes(deps))
      .route('/api/kv/v2', v2ChangeRoutes(deps))
      // switched off it is a path like any that does not exist
      .route(
        '/api/debug',
        settings.isDebugOn ? openDebug() : (createRouter() as ReturnType<typeof openDebug>),
      )
      .route(
        '/api/openapi.json',
        openapiRoutes(() => app),
      )
      .route('/', healthRoutes(deps))
  )
}

/** Paths, parameters and answers for the typed client. */
export type AppType = ReturnType<typeof createApp>
