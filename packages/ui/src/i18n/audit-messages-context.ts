import { createContext, useContext } from 'solid-js'
import type { AuditMessages } from './audit-messages.ts'
import { enAudit } from './en-audit.ts'
import type { Messages } from './messages.ts'
import { useMessages } from './messages-context.ts'

/** What the audit log adds to the catalogue, in the language in use. */
const AuditMessagesContext = createContext<Omit<AuditMessages, keyof Messages>>(enAudit)

export const useAuditMessages = (): AuditMessages => ({
  ...useMessages(),
  ...useContext(AuditMessagesContext),
})
