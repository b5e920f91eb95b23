import { AppError } from '@etcdmonitor/core/errors'
import type { Context } from 'hono'
import type { ApiEnv } from './api-env.ts'
import { rawPath } from './router.ts'
import { quoted } from './validation-items.ts'

const MAX_URL = 8_192
const ASKED_BY_ADDRESS = ['/healthz', '/readyz']

/** Rows 2 and 3 of `api.md` 1.2. @throws AppError */
export function checkHead(c: Context<ApiEnv>, allowedHosts: readonly string[]): void {
  const { pathname, search, hostname } = new URL(c.req.url)
  if (pathname.length + search.length > MAX_URL)
    throw new AppError('uri_too_long', `the URL is longer than ${MAX_URL} bytes`)
  if (c.env.fault !== undefined) throw new AppError('malformed_request', c.env.fault)
  if (!ASKED_BY_ADDRESS.includes(pathname)) checkHost(c.req.header('host') ?? hostname, allowedHosts)
  if (c.req.method === 'TRACE') throw new AppError('method_not_allowed', 'TRACE is not answered')
  checkPath(rawPath(c.req))
}

function checkHost(host: string, allowed: readonly string[]): void {
  if (allowed.length === 0) return
  const name = host.replace(/:\d*$/, '').toLowerCase()
  if (!allowed.includes(name))
    throw new AppError('misdirected_request', `host ${quoted(name)} is not in server.allowed_hosts`)
}

function checkPath(path: string): void {
  let decoded: string
  try {
    decoded = decodeURIComponent(path) // refuses %zz, bytes that are no UTF-8, and surrogates
  } catch (cause) {
    throw new AppError('malformed_request', `the path cannot be decoded: ${quoted(path)}`, { cause })
  }
  if (decoded.includes('\0')) throw new AppError('malformed_request', 'the path holds a zero byte')
}
