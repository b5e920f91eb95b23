import type { ErrorCode } from '@etcdmonitor/core/errors'
import { createRoute, type z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ApiEnv } from './api-env.ts'
import { applyRules } from './apply-rules.ts'
import { withDeadline } from './deadline.ts'
import { problemResponses } from './problem-schema.ts'
import { ignoreBody, readJsonBody } from './read-body.ts'
import { readQuery } from './read-query.ts'

/** What every route may answer. */
const ALWAYS = ['malformed_request', 'method_not_allowed', 'uri_too_long', 'misdirected_request'] as const
const ALL_ROUTES: readonly ErrorCode[] = [...ALWAYS, 'shutting_down', 'internal']
const WITH_SESSION: readonly ErrorCode[] = ['unauthenticated', 'auth_store_unavailable']
const WITH_BODY: readonly ErrorCode[] = [
  'malformed_json',
  'validation_failed',
  'unsupported_media_type',
  'payload_too_large',
  'request_timeout',
]

export interface RouteRules {
  readonly auth: 'public' | 'session'
  /** ms for the whole answer; then `c.var.signal` aborts and the answer is `late`. */
  readonly deadline: number
  /** Default: `auth_store_unavailable`. */
  readonly late?: ErrorCode
  /** What the handler may throw, beside what follows from `auth` and `request`. */
  readonly errors: readonly ErrorCode[]
  /** `error` of a `validation_failed` in which something required is missing. */
  readonly missing?: string
  /** Refuses, before anything of the request is read, what is switched off. @throws AppError */
  readonly allow?: (c: Context<ApiEnv>) => Promise<void>
  /** Bytes of the body, where they may be more than of others. */
  readonly maxBody?: number
  /** Answered while the process is stopping, too. */
  readonly whileDraining?: true
  /** What GET does, HEAD must not start. */
  readonly withoutHead?: true
}

export interface RouteSpec {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** Below the path that the router is mounted at; `/` is that path itself. `{name}`: one segment, any text. */
  readonly path: string
  readonly summary: string
  readonly rules: RouteRules
  /** `query`: an object whose members come as texts; absent or `""` is undefined. `body`: a strict object, required. */
  readonly request: {
    readonly query?: z.ZodObject
    readonly body?: z.ZodType
    /** Texts of the segments that the path names. */
    readonly params?: z.ZodObject
  }
  /** JSON of status 200, or what `mediaType` says. */
  readonly answer: z.ZodType
  readonly mediaType?: 'text/csv' | 'application/octet-stream'
  /** Further answers: JSON, or null for one without a body. */
  readonly others?: Readonly<Record<number, z.ZodType | null>>
}

type Json<T> = {
  readonly description: string
  readonly content: { readonly 'application/json': { readonly schema: T } }
}
type Other<M extends string, T> = {
  readonly description: string
  readonly content: { readonly [Name in M]: { readonly schema: T } }
}
type Answer<T> = T extends null ? { readonly description: string } : Json<T>
type RequestOf<S extends RouteSpec> = (S['request'] extends { readonly query: infer Q extends z.ZodObject }
  ? { query: Q }
  : object) &
  (S['request'] extends { readonly params: infer P extends z.ZodObject } ? { params: P } : object) &
  (S['request'] extends { readonly body: infer B extends z.ZodType }
    ? { body: { required: true; content: { 'application/json': { schema: B } } } }
    : object)

/** What `createRouter().openapi` takes: types of request and answers, of which errors are no part (they are thrown). */
export type DefinedRoute<S extends RouteSpec> = {
  method: S['method']
  path: S['path']
  request: RequestOf<S>
  responses: {
    200: S extends { readonly mediaType: infer M extends string } ? Other<M, S['answer']> : Json<S['answer']>
  } & {
    [Status in keyof NonNullable<S['others']> & number]: Answer<NonNullable<S['others']>[Status]>
  }
}

/** One route of `api.md`: its rules, what it takes, what it answers. The frame enforces the rules and the form of the request. */
export function defineRoute<const S extends RouteSpec>(spec: S): DefinedRoute<S> {
  const { method, path, summary, rules, request, answer, mediaType, others = {} } = spec
  const codes = [
    ...ALL_ROUTES,
    ...(rules.auth === 'session' ? WITH_SESSION : []),
    ...(request.query ? ['validation_failed' as const] : []),
    ...(request.body ? WITH_BODY : []),
    ...rules.errors,
  ]
  const route = createRoute({
    method,
    path,
    summary,
    security: rules.auth === 'session' ? [{ session: [] }] : [],
    ...(rules.withoutHead && { 'x-without-head': true }), // what `Allow` says is read from the definitions
    request: {
      ...(request.query && { query: request.query }),
      ...(request.params && { params: request.params }),
      ...(request.body && {
        body: { required: true, content: { 'application/json': { schema: request.body } } },
      }),
    },
    responses: {
      ...problemResponses(codes),
      200: mediaType
        ? { description: mediaType, content: { [mediaType]: { schema: answer } } }
        : jsonAnswer(answer),
      ...Object.fromEntries(Object.entries(others).map(([status, schema]) => [status, jsonAnswer(schema)])),
    },
    middleware: [
      applyRules(rules),
      ...(method === 'get' ? [] : [request.body ? readJsonBody(rules.maxBody) : ignoreBody]),
      readQuery(request.query),
      withDeadline(rules),
    ],
  })
  return route as unknown as DefinedRoute<S> // the same values; the type is narrowed to what the spec names
}

const jsonAnswer = (schema: z.ZodType | null) =>
  schema === null
    ? { description: 'without a body' }
    : { description: 'JSON', content: { 'application/json': { schema } } }
