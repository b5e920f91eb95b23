import { type ClientPem, httpCall } from './http-call.ts'

export interface EtcdUser {
  readonly username: string
  readonly password: string
}

/** Turns authentication on: the user `root`, which etcd demands, and the given one with the role root. */
export async function enableAuth(url: string, user: EtcdUser, client: ClientPem | undefined): Promise<void> {
  const call = async (path: string, json: object) => {
    const { status, body } = await httpCall({ url: `${url}/v3/auth/${path}`, json, client })
    if (status !== 200) throw new Error(`etcd refused auth/${path}: ${status} ${body.slice(0, 200)}`)
  }
  await call('role/add', { name: 'root' })
  for (const name of new Set(['root', user.username])) {
    await call('user/add', { name, password: user.password })
    await call('user/grant', { user: name, role: 'root' })
  }
  await call('enable', {})
}
