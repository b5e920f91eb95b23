import { AppError } from '@etcdmonitor/core/errors'
import type { Session, Ticket } from '@etcdmonitor/core/ports/state-store'
import type { ApiDeps } from '../deps.ts'
import { createAddressLimit } from '../http/address-limit.ts'

const FORM = /^[A-Za-z0-9_-]{43}$/
/** Of one client address: whoever is nobody yet may have the store asked so often. */
const TRIES_PER_MINUTE = 300

/** The one credential that may stand in a URL: the right of a session to one snapshot (security.md 4). */
export interface TicketDoor {
  /** The session that a ticket belongs to, and what the ticket is for; nothing is used up. @throws AppError `unauthenticated` */
  look(text: string): Promise<FoundTicket>
  /** The same, for whom nobody knows yet. @throws as `look`, and AppError `rate_limited` */
  admit(text: string, address: string): Promise<FoundTicket>
  /** Takes the ticket away; of many at once one succeeds. @throws AppError `unauthenticated` */
  use(ticket: Ticket): Promise<void>
}

export interface FoundTicket {
  readonly session: Session
  readonly ticket: Ticket
}

export function createTicketDoor({
  state,
  keys,
  clock,
}: Pick<ApiDeps, 'state' | 'keys' | 'clock'>): TicketDoor {
  const limit = createAddressLimit(TRIES_PER_MINUTE, clock)

  async function look(text: string): Promise<FoundTicket> {
    const ticket = FORM.test(text) ? await state.tickets.find(await hashTicket(text)) : undefined
    const session = ticket && (await state.sessions.find(ticket.sessionHash))
    if (!ticket || !session || !keys.find(session.kid)) throw refused()
    return { session, ticket }
  }

  return {
    look,
    async admit(text, address) {
      limit(address)
      return look(text)
    },
    async use({ hash }) {
      if (!(await state.tickets.use(hash))) throw refused()
    },
  }
}

/** Key of a ticket's row: the ticket itself is never stored. */
export const hashTicket = async (text: string): Promise<Ticket['hash']> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

const refused = (): AppError =>
  new AppError('unauthenticated', 'the ticket is used up, too old, or none of ours: ask for another one')
