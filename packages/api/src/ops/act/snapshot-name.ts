import type { Member } from '@etcdmonitor/core/etcd/member'

const MAX_NAME = 64

/** By the time in UTC: `etcd-snapshot-alpha-20260921-141320.db`. */
export function snapshotName({ id, name }: Pick<Member, 'id' | 'name'>, now: number): string {
  const [date, time] = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T')
  const safe = name.replaceAll(/[^A-Za-z0-9._-]/g, '').slice(0, MAX_NAME)
  return `etcd-snapshot-${safe || id}-${date}-${time}.db`
}
