const ALWAYS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
}

const API = { 'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'" }

// security.md 9
const PAGES = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
    "worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
    "require-trusted-types-for 'script'; trusted-types ui-template",
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
}

// api.md 1.6
const TLS = { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }

/** Puts the headers of `api.md` 1.6 on an answer, with the charset of JSON; `Cache-Control` is left to it where it has one. */
export function setSecurityHeaders(headers: Headers, path: string, isTls: boolean): void {
  const isApi = isApiPath(path)
  for (const [name, value] of Object.entries({ ...ALWAYS, ...(isApi ? API : PAGES), ...(isTls && TLS) }))
    headers.set(name, value)
  if (headers.get('Content-Type') === 'application/json')
    // as Hono's c.json has it
    headers.set('Content-Type', 'application/json; charset=utf-8')
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', isApi ? 'no-store' : 'no-cache')
}

export const isApiPath = (path: string): boolean => path === '/api' || path.startsWith('/api/')
