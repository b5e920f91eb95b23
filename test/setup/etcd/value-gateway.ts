import type { EtcdCluster } from '@etcdmonitor/rig/etcd-cluster'

export interface StoredValue {
  readonly bytes: Buffer
  readonly lease?: string
  readonly version: string
}

/** Values in bytes, with their leases, by etcd's JSON gateway. */
export interface ValueGateway {
  put(key: string, value: Uint8Array | string, lease?: string): Promise<void>
  get(key: string): Promise<StoredValue | undefined>
  /** A lease of so many seconds. */
  grant(seconds: number): Promise<string>
}

export function valueGateway({ endpoints }: Pick<EtcdCluster, 'endpoints'>): ValueGateway {
  const call = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${endpoints[0]}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(60_000),
    })
    return (await answer.json()) as Record<string, unknown>
  }
  const encode = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64')
  return {
    async put(key, value, lease) {
      await call('kv/put', { key: encode(key), value: encode(value), ...(lease && { lease }) })
    },
    async get(key) {
      const { kvs } = await call('kv/range', { key: encode(key) })
      const [found] = (kvs ?? []) as { value?: string; lease?: string; version: string }[]
      return found && { ...found, bytes: Buffer.from(found.value ?? '', 'base64') }
    },
    grant: async (seconds) => String((await call('lease/grant', { TTL: seconds })).ID),
  }
}
