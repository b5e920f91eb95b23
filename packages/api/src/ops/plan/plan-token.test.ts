import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { expect, it } from 'vitest'
import { drawKeyRing, type KeyRing } from '../../auth/key-ring.ts'
import { openOpsApi, refusal, SHORT_LIMITS } from '../../ops-rig.contract.ts'
import { readPlanToken } from './plan-token.ts'

const VOTERS = ['10', '20', '30'].map((id) => ({ id, name: `m${id}` }))

/** What another version of this program may have given out, with the same key. */
async function sign({ cursorKeys: [key] }: KeyRing, payload: unknown): Promise<string> {
  if (!key) throw new Error('no key')
  const text = new TextEncoder().encode(JSON.stringify(payload))
  const signed = new Uint8Array([...new TextEncoder().encode('plan of an operation\n'), ...text])
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed))
  return Buffer.from([...signature, ...text]).toString('base64url')
}

it.each([[{ version: 2, at: 1 }], [{}], ['text'], [null]])(
  'tells of %j that it is of another version',
  async (payload) => {
    const keys = await drawKeyRing(randomBytes)
    expect(await readPlanToken(await sign(keys, payload), keys)).toBe('outdated')
    const forged = `${await sign(keys, payload)}AA`
    await expect(readPlanToken(forged, keys)).rejects.toMatchObject({ code: 'validation_failed' })
  },
)

it('RU9 a plan of another version has changed, and the answer has the one to agree to', async () => {
  const keys = await drawKeyRing(randomBytes)
  const etcd = memoryEtcdCluster({ clock: systemClock, members: VOTERS })
  await etcd.view()
  const { post } = await openOpsApi({ etcd, keys, limits: { ...SHORT_LIMITS, roundPause: 1 } })
  const plan_token = await sign(keys, { version: 2, at: systemClock.now() })
  const refused = await post('/api/ops/move-leader', { target_member_id: '20', plan_token })
  expect(refusal(refused)).toEqual([409, 'plan_changed'])
  const again = { target_member_id: '20', plan_token: refused.json.plan_token }
  expect((await post('/api/ops/move-leader', again)).status).toBe(200)
})
