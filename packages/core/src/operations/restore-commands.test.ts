import { expect, it } from 'vitest'
import { restoreCommands } from './restore-commands.ts'

const fileName = 'etcd-snapshot-alpha-20260921-141320.db'

it.each(['3.6.0', '3.7.3', '4.0.0'])(
  'names etcdutl, and how to bump the revision, for etcd %s',
  (etcdVersion) => {
    expect(restoreCommands({ fileName, etcdVersion })).toEqual([
      'etcdutl snapshot status etcd-snapshot-alpha-20260921-141320.db --write-out=table',
      'etcdutl snapshot restore etcd-snapshot-alpha-20260921-141320.db --data-dir NEW --bump-revision 1000000000 --mark-compacted',
    ])
  },
)

it.each(['3.4.23', '3.5.21'])('names etcdctl for etcd %s', (etcdVersion) => {
  expect(restoreCommands({ fileName, etcdVersion })).toEqual([
    'etcdctl snapshot status etcd-snapshot-alpha-20260921-141320.db --write-out=table',
    'etcdctl snapshot restore etcd-snapshot-alpha-20260921-141320.db --data-dir NEW',
  ])
})
