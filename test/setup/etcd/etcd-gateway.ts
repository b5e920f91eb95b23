/** etcd by its JSON gateway: what a test puts there without the console. Names and values are text, or bytes. */
export interface EtcdGateway {
  readonly put: (key: string | Uint8Array, value: string) => Promise<void>
  /** All of them, in transactions that any server takes. */
  readonly putAll: (keys: readonly string[]) => Promise<void>
  /** Undefined: there is none. */
  readonly get: (key: string) => Promise<string | undefined>
  /** Keys that begin so, and the revision at which they were counted. */
  readonly count: (prefix: string) => Promise<{ readonly count: number; readonly revision: number }>
  /** Roles, users and the switch of authentication, below `/v3/auth/`. */
  readonly auth: (path: string, body: object) => Promise<void>
  /** The same as this user, once authentication is on. */
  readonly as: (name: string, password: string) => Promise<EtcdGateway>
}

/** Operations of one transaction that etcd takes as it is started. */
const PER_TXN = 128

export function etcdGateway(url: string, token = ''): EtcdGateway {
  const call = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${url}/v3/${path}`, {
      method: 'POST',
      ...(token && { headers: { authorization: token } }),
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(60_000),
    })
    if (!answer.ok) throw new Error(`etcd refused ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Record<string, unknown>
  }
  const range = async (body: object) => {
    const { header, count, kvs } = await call('kv/range', body)
    const { revision } = header as { readonly revision: string }
    return { count: Number(count ?? 0), revision: Number(revision), kvs: kvs as readonly Found[] | undefined }
  }
  return {
    put: async (key, value) => {
      await call('kv/put', { key: encode(key), value: encode(value) })
    },
    putAll: async (keys) => {
      for (let from = 0; from < keys.length; from += PER_TXN) {
        const success = keys
          .slice(from, from + PER_TXN)
          .map((key) => ({ request_put: { key: encode(key), value: encode('x') } }))
        await call('kv/txn', { success })
      }
    },
    get: async (key) => {
      const { kvs } = await range({ key: encode(key) })
      const value = kvs?.[0] && (kvs[0].value ?? '')
      return value === undefined ? undefined : Buffer.from(value, 'base64').toString()
    },
    count: async (prefix) => {
      const end = Buffer.from(prefix)
      const last = end.length - 1
      if (last >= 0) end[last] = (end[last] ?? 0) + 1
      const whole = prefix === '' ? { key: encode('\0'), range_end: encode('\0') } : undefined
      const { count, revision } = await range({
        ...(whole ?? { key: encode(prefix), range_end: end.toString('base64') }),
        count_only: true,
      })
      return { count, revision }
    },
    auth: async (path, body) => {
      await call(`auth/${path}`, body)
    },
    as: async (name, password) =>
      etcdGateway(url, String((await call('auth/authenticate', { name, password })).token)),
  }
}

interface Found {
  readonly value?: string
}

const encode = (text: string | Uint8Array): string => Buffer.from(text).toString('base64')
