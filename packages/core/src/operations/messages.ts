/** Sentences for people, with named holes (operations.md 15). Programs compare the codes. */
const MESSAGES = {
  defragment_running:
    '{member} is being defragmented. It answers nothing until it is done, about {seconds} s.',
  defragment_done: '{member}: {before} → {after}, {reclaimed} returned in {seconds} s.',
  defragment_answer_lost:
    'No answer from {member} after {seconds} s. etcd goes on with it; waiting until the member answers again.',
  defragment_grew: '{member}: {before} → {after}, the file grew by {growth}.',
  defragment_disk_full: 'The disk of {member} is full; it needed about {bytes} free. {serving}',
  defragment_settled: '{member} was defragmented; its answer was lost.',
  defragment_unknown:
    'It is not known whether {member} was defragmented ({reason}). Look at the member before doing anything else.',
  gate_waiting: 'Waiting until the cluster is healthy: {conditions}.',
  gate_failed:
    'The cluster did not become healthy within {seconds} s: {conditions}. Nothing else was started.',
  gate_lost: 'The cluster is not healthy any more: {conditions}. Nothing else was started.',
  settle_waiting: 'Pause of {seconds} s before the next member.',
  skipped_small: '{member} would return {reclaimable}, less than {limit}.',
  leader_moving: 'Leadership moves from {leader} to {target} before {leader} is defragmented.',
  leader_moved: '{target} is the leader after {milliseconds} ms.',
  leader_not_moved: '{leader} is still the leader.',
  leader_elsewhere: '{leader} leads now, not {target}.',
  no_transfer_target: 'No healthy voter can take over leadership.',
  snapshot_verified: 'Sent whole and verified: {bytes} bytes, SHA-256 {sha256}.',
  snapshot_broken: 'Broken off after {sent} of {total} ({reason}). The file is incomplete: delete it.',
  compact_done: 'History up to revision {target} is gone; {kept} revisions are kept.',
  hash_consistent: 'All {n} voters have the same content at revision {revision}.',
  hash_inconsistent: 'The members differ at revision {revision}: {minority}.',
  hash_inconclusive: 'No verdict: {reason}.',
  alarm_gone: 'The {type} alarm of {member} is disarmed.',
  alarm_returned: 'The {type} alarm of {member} came back at once: {reason}.',
  run_interrupted: 'The process that ran this is gone.',
  run_let_go: 'The process that ran this lost hold of it.',
  run_stopped: 'The process was stopped. Members left: {members}.',
  run_cancelled_first: 'Stopped on request before any member. Members left: {members}.',
  run_cancelled: 'Stopped on request after {member}. Members left: {members}.',
} as const

export type OperationMessage = keyof typeof MESSAGES
/** The names of the holes of a sentence. */
type Holes<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Holes<Rest> : never

/** Characters of the message of a step, and of one value in it. */
export const MAX_MESSAGE = 500
export const MAX_HOLE = 200

/** At most 500 characters. Control characters of a value become spaces: names of members come from outside. */
export function sayOperation<M extends OperationMessage>(
  code: M,
  values: Readonly<Record<Holes<(typeof MESSAGES)[M]>, string | number>>,
): string {
  const known = new Map<string, string | number>(Object.entries(values))
  return MESSAGES[code]
    .replace(/\{(\w+)\}/g, (_, name: string) => toHole(known.get(name)))
    .slice(0, MAX_MESSAGE)
}

const toHole = (value: string | number | undefined): string =>
  String(value ?? '')
    .replace(/\p{Cc}|\p{Cf}/gu, ' ')
    .slice(0, MAX_HOLE)
