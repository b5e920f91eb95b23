import { gzip, gzipStream } from '@etcdmonitor/adapters/node/gzip'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import { noAudit } from '../api-rig.contract.ts'
import { addFrame } from './frame.ts'
import { routeTable } from './route-table.ts'
import { createRouter } from './router.ts'

/** A router in its frame, without a route, where nobody has a session; the clock is moved by hand. */
export function openFrame(log: Log) {
  const clock = manualClock()
  const app = createRouter()
  const refuse = () => Promise.reject(new AppError('unauthenticated', 'nobody'))
  addFrame(app, {
    audit: noAudit,
    clock,
    log,
    gzip,
    gzipStream,
    random: (length) => new Uint8Array(length),
    isDraining: () => false,
    allowedHosts: [],
    isTls: false,
    clientAddress: (peer) => peer,
    pages: () => undefined,
    routes: () => routeTable(app),
    authenticate: refuse,
    authenticateTicket: refuse,
  })
  return { app, clock }
}
