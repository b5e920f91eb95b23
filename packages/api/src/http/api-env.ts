import type { ErrorCode } from '@etcdmonitor/core/errors'
import type { Session } from '@etcdmonitor/core/ports/state-store'
import type { Clock } from '@etcdmonitor/core/time'
import type { AuditTrail } from '../audit/audit-trail.ts'
import type { Gzip, GzipStream } from './gzip.ts'

/** What the server knows of a request that a `Request` cannot tell. */
export interface Connection {
  /** Address of the socket's peer, as the system writes it; `""` = unknown. */
  readonly peer: string
  /** Why the head of the request must be refused, for people. Absent: nothing was found. */
  readonly fault?: string
  /** Settles with the end of the answer: true when the system has taken all of it to send. Absent: nobody knows. */
  readonly answered?: () => Promise<boolean>
}

/** Hono's environment of every router of this package. */
export interface ApiEnv {
  Bindings: Connection
  Variables: {
    /** 26 characters; also the header `X-Request-Id`. */
    requestId: string
    /** Of the client: the peer, or what proxies that are trusted say. */
    address: string
    /** The caller's live session; set only where the route's rule `auth` is `session`. */
    session: Session
    /** Aborts, with an AppError as reason, when the client leaves or the route's deadline passes. */
    signal: AbortSignal
    /** What the frame hands to the middleware of routes. */
    frame: FrameFacts
    /** Of the problem that is answered; for the log. */
    code: ErrorCode | undefined
    /** `detail` of `validation_failed` when something required is missing; from the route's rules. */
    missing: string | undefined
  }
}

export interface FrameFacts {
  readonly audit: AuditTrail
  readonly clock: Clock
  readonly gzip: Gzip
  readonly gzipStream: GzipStream
  readonly isDraining: () => boolean
}
