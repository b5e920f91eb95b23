import type { CurrentAnswer } from '../../api/answers.ts'

/** Newest successful scrape, Unix ms, of one member or of all; undefined when there was none. */
export function sampleTime(current: CurrentAnswer | undefined, memberId?: string): number | undefined {
  const members = current?.members ?? {}
  const asked = memberId === undefined ? Object.values(members) : [members[memberId]]
  const times = asked.flatMap((member) => (member?.sample_time ? [member.sample_time * 1_000] : []))
  return times.length === 0 ? undefined : Math.max(...times)
}
