import { useQueryClient } from '@tanstack/solid-query'
import { type Accessor, createSignal } from 'solid-js'
import { type MessageAnswer, SHAPES } from '../../api/answers.ts'
import { isProblem } from '../../api/client.ts'
import { useClient } from '../../api/client-context.ts'
import type { Problem } from '../../api/problem.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import { changePrefs } from '../../prefs.ts'
import { AUTH_KEY, createAuthStatus } from './auth-status.ts'
import { createLock } from './create-lock.ts'
import { findFault, type PasswordPolicy } from './new-password.ts'
import { clockTime, signInError } from './sign-in-error.ts'

const DEFAULT_POLICY = { min_length: 8, max_bytes: 1_024 }

export type PasswordPart = 'old' | 'next' | 'repeat'

export interface PasswordChange {
  readonly policy: Accessor<PasswordPolicy>
  readonly isBusy: Accessor<boolean>
  /** The account is locked, and nothing was typed since that was said: no password is looked at. */
  readonly isLocked: Accessor<boolean>
  /** What is wrong with a field, once it was left, or refused by the server. */
  errorOf(part: PasswordPart): string | undefined
  typed(part: PasswordPart, value: string): void
  left(part: PasswordPart): void
  /** Undefined when the password was changed; else the field to look at. */
  submit(): Promise<PasswordPart | undefined>
}

interface Refusal {
  readonly part: PasswordPart
  readonly text: string
  /** Seconds. */
  readonly lockedFor?: number
}

/** The change of one account's password. `known` is the old one where it was just entered. */
export function createPasswordChange(
  username: Accessor<string>,
  known: Accessor<string | undefined>,
): PasswordChange {
  const messages = useMessages()
  const client = useClient()
  const queries = useQueryClient()
  const status = createAuthStatus()
  const [values, setValues] = createSignal({ old: '', next: '', repeat: '' })
  const [leftParts, setLeftParts] = createSignal<ReadonlySet<PasswordPart>>(new Set())
  const [refusal, setRefusal] = createSignal<Refusal>()
  const [isBusy, setBusy] = createSignal(false)
  const lock = createLock()
  /** Since the refusal: a lock can be ended on the host before its time. */
  const [isEdited, setEdited] = createSignal(false)

  const policy = () => {
    const { min_length: minLength, max_bytes: maxBytes } = status().data?.password_policy ?? DEFAULT_POLICY
    return { minLength, maxBytes }
  }
  const old = () => known() ?? values().old
  const faultOf = (part: PasswordPart): string | undefined => {
    const { changePassword: texts } = messages
    if (part === 'old') return old() === '' ? texts.missing : undefined
    if (part === 'repeat') return values().repeat === values().next ? undefined : texts.mismatch
    const fault = findFault(values().next, old(), policy())
    return fault && textOf(fault)
  }
  const textOf = (fault: string): string => {
    const { changePassword: texts } = messages
    if (fault === 'too_short') return texts.tooShort(policy().minLength)
    if (fault === 'too_long') return texts.tooLong(policy().maxBytes)
    if (fault === 'common') return texts.common
    return fault === 'unchanged' ? texts.unchanged : texts.weak
  }
  const toRefusal = (problem: Problem): Refusal => {
    const { code, fields } = problem
    if (code === 'invalid_credentials') return { part: 'old', text: messages.changePassword.wrongCurrent }
    if (code === 'weak_password') return { part: 'next', text: textOf(fields.reason ?? '') }
    const { text, retryAfter, lockedFor } = signInError(problem, messages)
    if (lockedFor !== undefined) return { part: 'old', text, lockedFor }
    // a change is not tried again by itself: it may have been made
    return { part: 'next', text: retryAfter === undefined ? text : messages.signIn.busyServerGiveUp }
  }
  /** A lock counts down, and is gone when it has ended. */
  const textNow = ({ text, lockedFor }: Refusal) => {
    if (lockedFor === undefined) return text
    return lock.left() > 0 ? messages.signIn.locked(clockTime(lock.left())) : undefined
  }
  const send = async (): Promise<PasswordPart | undefined> => {
    setBusy(true)
    setRefusal(undefined)
    try {
      const body = { username: username(), old_password: old(), new_password: values().next }
      await client.post<MessageAnswer>('auth/change-password', body, { shape: SHAPES.message })
      changePrefs({ lastUser: username() })
      void queries.invalidateQueries({ queryKey: AUTH_KEY })
      return undefined
    } catch (problem) {
      if (!isProblem(problem)) throw problem
      const refused = toRefusal(problem)
      lock.begin(refused.lockedFor ?? 0)
      setEdited(false)
      setRefusal(refused)
      return refused.part
    } finally {
      setBusy(false)
    }
  }
  return {
    policy,
    isBusy,
    isLocked: () => lock.left() > 0 && !isEdited(),
    errorOf(part) {
      const refused = refusal()
      return refused?.part === part ? textNow(refused) : leftParts().has(part) ? faultOf(part) : undefined
    },
    typed(part, value) {
      if (value !== values()[part]) setEdited(true)
      setValues({ ...values(), [part]: value })
      const refused = refusal()
      if (refused?.part === part && lock.left() === 0) setRefusal(undefined)
    },
    left(part) {
      if (values()[part] !== '') setLeftParts(new Set([...leftParts(), part]))
    },
    async submit() {
      const parts = ['old', 'next', 'repeat'] as const
      setLeftParts(new Set(parts))
      return parts.find((part) => faultOf(part) !== undefined) ?? send()
    },
  }
}
