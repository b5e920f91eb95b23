import { base64url, errors, jwtVerify, SignJWT } from 'jose'
import type { KeyRing, SessionKey } from './key-ring.ts'

const ISSUER = 'etcdmonitor'
const AUDIENCE = 'etcdmonitor-api'
const TYPE = 'session+jwt'
const MAX_LENGTH = 4_096
const FORM = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/
const CLOCK_TOLERANCE = 30
/** Life of a token that never expires: ten years, s. */
export const LONGEST_LIFE = 315_360_000

export interface TokenClaims {
  /** Account id. */
  readonly sub: string
  /** 22 characters base64url. */
  readonly jti: string
  /** Unix seconds. */
  readonly iat: number
  readonly exp: number
}

export interface TokenRules {
  readonly keys: KeyRing
  /** Unix ms. */
  readonly now: number
  /** Seconds after `iat` that a token may be used. */
  readonly maxAge: number
}

/** A session token (`security.md` 4): text of about 300 bytes. */
export const signToken = ({ kid, key }: SessionKey, { sub, jti, iat, exp }: TokenClaims): Promise<string> =>
  new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub, jti, iat, exp })
    .setProtectedHeader({ alg: 'HS256', typ: TYPE, kid })
    .sign(key)

/** Steps 1 to 4 of the verification; undefined for whatever is wrong. Asks nobody. */
export async function readToken(
  text: string,
  rules: TokenRules,
): Promise<(TokenClaims & { readonly kid: string }) | undefined> {
  const header = readHeader(text)
  const found = header && rules.keys.find(header.kid)
  if (!found) return undefined
  try {
    const { payload } = await jwtVerify(text, found.key, {
      algorithms: ['HS256'],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'iat', 'sub', 'jti'],
      maxTokenAge: rules.maxAge,
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: new Date(rules.now),
    })
    return isClaims(payload) ? { ...payload, kid: found.kid } : undefined
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

/** Of the right form, in its one spelling, with exactly our three members. */
function readHeader(text: string): { readonly kid: string } | undefined {
  if (text.length > MAX_LENGTH || !FORM.test(text)) return undefined
  const [head = '', , signature = ''] = text.split('.')
  if (base64url.encode(base64url.decode(signature)) !== signature) return undefined // several spellings decode alike
  const header = parseObject(head)
  const isOurs = header && Object.keys(header).length === 3 && header.alg === 'HS256' && header.typ === TYPE
  return isOurs && typeof header.kid === 'string' ? { kid: header.kid } : undefined
}

function isClaims(
  payload: Readonly<Record<string, unknown>>,
): payload is TokenClaims & Record<string, unknown> {
  const { aud, sub, jti, iat, exp } = payload
  return (
    Object.keys(payload).length === 6 && // iss was compared
    aud === AUDIENCE && // jose takes a list
    typeof sub === 'string' &&
    typeof jti === 'string' &&
    Number.isSafeInteger(iat) &&
    Number.isSafeInteger(exp) &&
    Number(exp) - Number(iat) <= LONGEST_LIFE
  )
}

function parseObject(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(base64url.decode(part)),
    )
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined // no base64url, no UTF-8, no JSON
  }
}
