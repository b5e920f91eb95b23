import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Sets InfluxDB up when it is new, and leaves collector and console a token each that has the rights it needs and no others, and the console a
 * session key. What is there stays: it may run at every start.
 */
const DEADLINE = 10_000
const DAY_SECONDS = 86_400
const RETENTION_DAYS = 91

/** Of this process, all of which have to be set. */
function variable(name: string): string {
  // biome-ignore lint/style/noProcessEnv: an entry point hands the environment on
  const text = process.env[name]
  if (!text) throw new Error(`the environment variable ${name} is missing`)
  return text
}

const secretOf = (name: string): string => readFileSync(variable(name), 'utf8').trim()
const url = variable('INFLUXDB_URL')
const name = variable('INFLUXDB_NAME')
const token = secretOf('INFLUXDB_OPERATOR_TOKEN_FILE')

/** GET, or POST of JSON. */
async function call<T>(path: string, json?: unknown): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method: json === undefined ? 'GET' : 'POST',
    headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(DEADLINE),
    redirect: 'error',
    ...(json !== undefined && { body: JSON.stringify(json) }),
  })
  if (!response.ok) throw new Error(`InfluxDB answers ${response.status} to ${path}`)
  return (await response.json()) as T // as InfluxDB 2 documents it
}

function writeOnce(folder: string, file: string, text: string): void {
  const path = join(folder, file)
  writeFileSync(`${path}.part`, `${text}\n`, { mode: 0o600 })
  renameSync(`${path}.part`, path)
}

const { allowed } = await call<{ readonly allowed: boolean }>('/api/v2/setup')
if (allowed)
  await call('/api/v2/setup', {
    username: 'operator',
    password: secretOf('INFLUXDB_OPERATOR_PASSWORD_FILE'),
    org: name,
    bucket: name,
    token,
    retentionPeriodSeconds: RETENTION_DAYS * DAY_SECONDS,
  })

interface Buckets {
  readonly buckets: readonly { readonly id: string; readonly orgID: string }[]
}
const { buckets } = await call<Buckets>(`/api/v2/buckets?${new URLSearchParams({ name, org: name })}`)
const [bucket] = buckets
if (!bucket) throw new Error(`InfluxDB has no bucket ${name}`)
const resource = { type: 'buckets', id: bucket.id, orgID: bucket.orgID }

for (const [process, actions] of [
  ['COLLECTOR', ['read', 'write']],
  ['CONSOLE', ['read']],
] as const) {
  const folder = variable(`${process}_FOLDER`)
  if (existsSync(join(folder, 'influxdb-token'))) continue
  const made = await call<{ readonly token: string }>('/api/v2/authorizations', {
    orgID: bucket.orgID,
    description: `etcdmonitor ${process.toLowerCase()}`,
    permissions: actions.map((action) => ({ action, resource })),
  })
  writeOnce(folder, 'influxdb-token', made.token)
}

const folder = variable('CONSOLE_FOLDER')
if (!existsSync(join(folder, 'session-key')))
  writeOnce(folder, 'session-key', randomBytes(32).toString('base64url'))
