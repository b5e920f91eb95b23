import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { TypedResponse } from 'hono'
import type { ApiEnv } from '../../http/api-env.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'

const getOpenApi = defineRoute({
  method: 'get',
  path: '/',
  summary: 'This description',
  rules: { auth: 'session', deadline: 10_000, errors: [] },
  request: { query: z.strictObject({}) },
  answer: z.looseObject({ openapi: z.string() }),
})

/** `/api/openapi.json` (api.md 9.4). `app` is asked at the first request, when all routes are mounted. */
export function openapiRoutes(app: () => OpenAPIHono<ApiEnv>) {
  let text: string | undefined
  return createRouter().openapi(getOpenApi, () => {
    text ??= describeApi(app())
    const answer = new Response(text, { headers: { 'content-type': 'application/json; charset=utf-8' } })
    return answer as Response & TypedResponse<{ openapi: string }, 200, 'json'> // made by `describeApi`
  })
}

/** The text of `docs/openapi.json`: OpenAPI 3.1 of all routes that are mounted on `app`. */
export function describeApi(app: OpenAPIHono<ApiEnv>): string {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'etcdmonitor', version: '1', license: { name: 'MIT' } },
  })
  const securitySchemes = { session: { type: 'http', scheme: 'bearer' } }
  const components = { ...document.components, securitySchemes }
  return `${JSON.stringify({ ...document, components }, null, 2)}\n`
}
