import { parseAccountName } from '@etcdmonitor/core/accounts/account-name'
import { MAX_PASSWORD_BYTES } from '@etcdmonitor/core/accounts/password-rules'
import { z } from '@hono/zod-openapi'

const text = () => z.string({ error: 'not text' }).min(1, 'required')

const username = text().transform((typed, context) => {
  const name = parseAccountName(typed)
  if (name !== undefined) return name
  context.addIssue({
    code: 'custom',
    message: 'no account name: a letter or digit, then at most 63 of a-z 0-9 . _ -',
  })
  return z.NEVER
})

const password = text().refine((typed) => new TextEncoder().encode(typed).length <= MAX_PASSWORD_BYTES, {
  message: `longer than ${MAX_PASSWORD_BYTES} bytes`,
  params: { item: 'too_long' },
})

export const Credentials = z.strictObject({ username, password }).openapi('Credentials')

export const PasswordChange = z
  .strictObject({ username, old_password: password, new_password: password })
  .openapi('PasswordChange')

const Session = z.object({
  username: z.string(),
  expires_at: z.int(),
  session_token: z.string(),
  must_change_password: z.literal(false),
  authenticated: z.literal(true),
})

const FirstChangeDue = z.object({
  username: z.string(),
  must_change_password: z.literal(true),
  authenticated: z.literal(false),
})

export const LoginAnswer = z.union([Session, FirstChangeDue]).openapi('LoginAnswer')

export const Message = z.object({ message: z.string() }).openapi('Message')

export const AuthStatus = z
  .object({
    auth_required: z.literal(true),
    authenticated: z.boolean(),
    username: z.string().optional(),
    expires_at: z.int().optional(),
    initial_setup_pending: z.boolean(),
    app_version: z.string(),
    ops_enabled: z.boolean(),
    kv_read_only: z.boolean(),
    kv_max_value_size: z.int(),
    etcd_auth_required: z.boolean(),
    password_policy: z.object({ min_length: z.int(), max_bytes: z.int() }),
  })
  .openapi('AuthStatus')
