import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { toSecret } from '@etcdmonitor/core/secret'
import { makeBucket as prepareBucket } from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { sharedInfluxdb } from '@etcdmonitor/rig/shared-influxdb'
import { describe, expect, it } from 'vitest'
import { findBucket, makeBucket } from './bucket-calls.ts'
import { watchBucket } from './bucket-watch.ts'

const stop = new AbortController().signal
let names = 0

needServer('influxd', () => {
  describe('a bucket that is missing', () => {
    const operator = (bucket: string) => {
      const { url, org, operatorToken } = sharedInfluxdb()
      return { url, org, bucket, readToken: () => toSecret(operatorToken) }
    }
    const newName = () => `missing-${process.pid}-${names++}`

    it('IX-2 is made by one of two collectors that start at once; to the other it is there (422)', async () => {
      const access = operator(newName())
      const events: string[] = []
      const note = (event: string) => void events.push(event)
      const log = { debug: note, info: note, warn: note, error: note }
      const watch = () => watchBucket({ access, clock: manualClock(), log, retentionDays: 7, mayMake: true })
      const [first, second] = [watch(), watch()]
      const stopping = new AbortController()
      const running = [first, second].map((one) => one.run(stopping.signal))
      await Promise.all([first.looked, second.looked])
      expect([first.trouble(), second.trouble()]).toEqual(['', ''])
      expect(events).toEqual(['influx_bucket_made'])
      stopping.abort()
      await Promise.all(running)
    })

    it('is told to be there, or not to be ours to make', async () => {
      const access = operator(newName())
      expect(await findBucket(access, stop)).toBeUndefined()
      expect(await makeBucket(access, 90, stop)).toBe('made')
      expect(await makeBucket(access, 90, stop)).toBe('there')
      expect(await findBucket(access, stop)).toMatchObject({ retentionSeconds: 91 * 86_400 })
      const other = await prepareBucket(sharedInfluxdb())
      const scoped = { ...operator(newName()), readToken: () => toSecret(other.writeToken) }
      expect(await makeBucket(scoped, 90, stop)).toBe('refused')
    })
  })
})
