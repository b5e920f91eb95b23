import { readFile, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { createApp } from '../../app.ts'
import type { ApiDeps } from '../../deps.ts'
import { PROBLEMS } from '../../http/problem-table.ts'
import { describeApi } from './openapi.ts'

const DOCUMENT = new URL('../../../../../docs/openapi.json', import.meta.url)

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
interface Operation {
  readonly summary: string
  readonly security: readonly object[]
  readonly parameters?: readonly { readonly name: string; readonly schema: object }[]
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: unknown }>> }>
  >
}

// Only described, never called: the routes touch what they are given when a request comes.
const clock = { now: () => 0, monotonic: () => 0 }
const deps = {
  settings: {
    kv: { requestTimeout: 30_000, maxKeys: 1_000_000, separator: '/' },
    isDebugOn: true,
    trustedProxies: [],
  },
  clock,
  metrics: {},
} as unknown as ApiDeps
const text = describeApi(createApp(deps))
const { paths }: Description = JSON.parse(text)
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    ...operation,
  })),
)

it('is the document of the repository; UPDATE_OPENAPI=1 writes it', async () => {
  if (process.env.UPDATE_OPENAPI === '1') await writeFile(DOCUMENT, text)
  expect(text).toBe(await readFile(DOCUMENT, 'utf8'))
})

it('lists the routes of this version, public ones without security', () => {
  const list = operations.map(({ name, security }) => `${name} ${security.length > 0 ? 'S' : 'P'}`)
  expect(list.toSorted()).toEqual([
    'GET /api/auth/status P',
    'GET /api/current S',
    'GET /api/debug S',
    'GET /api/kv/v2/connect S',
    'GET /api/kv/v2/get S',
    'GET /api/kv/v2/getpath S',
    'GET /api/kv/v2/keys S',
    'GET /api/kv/v2/separator S',
    'GET /api/kv/v3/children S',
    'GET /api/kv/v3/connect S',
    'GET /api/kv/v3/get S',
    'GET /api/kv/v3/getpath S',
    'GET /api/kv/v3/keys S',
    'GET /api/kv/v3/search S',
    'GET /api/kv/v3/separator S',
    'GET /api/members S',
    'GET /api/openapi.json S',
    'GET /api/ops/alarms S',
    'GET /api/ops/audit-logs S',
    'GET /api/ops/audit-logs/export S',
    'GET /api/ops/compact/revision S',
    'GET /api/ops/rescue S',
    'GET /api/ops/runs S',
    'GET /api/ops/runs/{id} S',
    'GET /api/ops/snapshot S',
    'GET /api/range S',
    'GET /api/status S',
    'GET /api/user/panel-config S',
    'GET /healthz P',
    'GET /readyz P',
    'POST /api/auth/change-password P',
    'POST /api/auth/login P',
    'POST /api/auth/logout S',
    'POST /api/kv/v2/connect S',
    'POST /api/kv/v2/delete S',
    'POST /api/kv/v3/connect S',
    'POST /api/kv/v3/delete S',
    'POST /api/ops/alarms/disarm S',
    'POST /api/ops/compact S',
    'POST /api/ops/defragment S',
    'POST /api/ops/hashkv S',
    'POST /api/ops/move-leader S',
    'POST /api/ops/runs/{id}/cancel S',
    'POST /api/ops/snapshot/ticket S',
    'PUT /api/kv/v2/put S',
    'PUT /api/kv/v3/put S',
    'PUT /api/user/panel-config S',
  ])
})

it('describes a problem once, and refers to it from every error answer', () => {
  const problems = operations.flatMap(({ responses }) =>
    Object.values(responses).flatMap(({ content }) => content?.['application/problem+json']?.schema ?? []),
  )
  expect(problems.length).toBeGreaterThan(operations.length)
  for (const schema of problems)
    expect(schema).toMatchObject({ allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object' }] })
})

it('names no code that the table of codes lacks, each under its status', () => {
  const named = new Set<string>()
  for (const { name, responses } of operations)
    for (const [status, { content }] of Object.entries(responses)) {
      const codes = codesOf(content?.['application/problem+json']?.schema)
      for (const code of codes) {
        named.add(code)
        expect([name, code, PROBLEMS[code as keyof typeof PROBLEMS]?.status]).toEqual([
          name,
          code,
          Number(status),
        ])
      }
    }
  expect([...named]).toEqual(expect.arrayContaining(['too_many_points', 'member_not_found', 'overloaded']))
})

it('describes every query parameter as a text or a number with a meaning', () => {
  const range = operations.find(({ name }) => name === 'GET /api/range')
  expect(range?.parameters?.map(({ name }) => name).toSorted()).toEqual([
    'agg',
    'end',
    'format',
    'include',
    'member_id',
    'metrics',
    'range',
    'start',
    'step',
  ])
  for (const { parameters = [] } of operations)
    for (const { schema } of parameters) expect(schema).toHaveProperty('type')
})

/** The values of `code` in a problem's schema, wherever the generator put them. */
function codesOf(schema: unknown): readonly string[] {
  const found = JSON.stringify(schema ?? {}).matchAll(/"code":\{"type":"string","enum":(\[[^\]]*\])\}/g)
  return [...found].flatMap(([, list = '[]']) => JSON.parse(list) as string[]) // a list of texts by the pattern
}
