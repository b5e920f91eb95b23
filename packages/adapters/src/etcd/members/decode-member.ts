import type { Member } from '@etcdmonitor/core/etcd/member'
import type { IMember } from 'etcd3'

/** A list is cut here, texts too: what a cluster says of itself may be anything. */
const MAX_MEMBERS = 64
const MAX_URLS = 16
const MAX_TEXT = 200

/** Members of a list; entries without an id are left out. */
export const decodeMembers = (members: readonly IMember[]): readonly Member[] =>
  members
    .filter(({ ID }) => ID !== '0')
    .slice(0, MAX_MEMBERS)
    .map((member) => ({
      id: member.ID,
      name: member.name.slice(0, MAX_TEXT),
      clientUrls: decodeUrls(member.clientURLs),
      peerUrls: decodeUrls(member.peerURLs),
      isLearner: member.isLearner,
    }))

const decodeUrls = (urls: readonly string[]): readonly string[] => [
  ...new Set(urls.slice(0, MAX_URLS).map((url) => url.slice(0, MAX_TEXT).replace(/\/$/, ''))),
]
