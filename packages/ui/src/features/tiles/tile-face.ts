import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import {
  judgeTile,
  type MemberReading,
  type TileJudgement,
  versionSpan,
} from '@etcdmonitor/core/metrics/judge-tile'
import type { Tier } from '@etcdmonitor/core/metrics/thresholds'
import { SUB_METRICS, type Tile, type TileForm } from '@etcdmonitor/core/metrics/tiles'
import type { CurrentAnswer, MemberAnswer } from '../../api/answers.ts'
import type { Messages } from '../../i18n/messages.ts'
import { countVoters, memberName } from '../shell/health-model.ts'
import type { UnbrokenRun } from '../since/unbroken-run.ts'

/** What a tile says. */
export interface TileFace {
  readonly value: string
  readonly mark: Tier | 'ok' | undefined
  readonly sub: string
  /** Unix ms of what is shown, when that is old. */
  readonly staleSince: number | undefined
}

export interface TileFacts {
  readonly members: readonly MemberAnswer[]
  readonly current: CurrentAnswer | undefined
  /** The one that is shown; undefined: all of them. */
  readonly member: string | undefined
  /** Leader changes in the window that is shown; undefined: not known. */
  readonly leaderChanges: number | undefined
  /** How long the leader has led; undefined: not known. */
  readonly leading: UnbrokenRun | undefined
}

/** Of the members of the cluster that are shown: those that have left have no newest value. */
function readingsOf({ members, current, member }: TileFacts): MemberReading[] {
  return members
    .filter(({ id }) => member === undefined || id === member)
    .flatMap(({ id, is_leader }) => {
      const known = current?.members[id]
      if (!known) return []
      const { metrics, observations, stale } = known
      return [{ id, isLeader: is_leader, isStale: stale, metrics, observations }]
    })
}

export function tileFace(tile: Tile, facts: TileFacts, { tiles: texts }: Pick<Messages, 'tiles'>): TileFace {
  if (tile.id === 'bannerVersion') return versionFace(facts, texts)
  if (tile.id === 'cardMemberSize') return membersFace(facts)
  const readings = readingsOf(facts)
  const judged = judgeTile(tile, readings)
  const sampledAt =
    judged.member === undefined ? undefined : facts.current?.members[judged.member]?.sample_time
  const face = { staleSince: judged.isStale && sampledAt ? sampledAt * 1_000 : undefined }
  if (judged.value === undefined) return { ...face, value: '-', mark: undefined, sub: texts.noValue }
  const mark = markOf(tile, judged)
  if (tile.id === 'cardLeader') return { ...face, ...leaderFace(judged, facts, texts) }
  const who =
    facts.member === undefined && tile.pick === 'largest' && judged.member !== undefined
      ? memberName(judged.member, facts.members)
      : ''
  const reading = readings.find(({ id }) => id === judged.member)
  const parts = isPosition(tile)
    ? [spreadText(tile, judged, facts, texts)]
    : [who, subText(tile, reading, facts, texts)]
  return { ...face, mark, value: printForm(tile.form, judged.value), sub: parts.filter(Boolean).join(' · ') }
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

function printForm(form: TileForm, value: number): string {
  if (form === 'whole') return WHOLE.format(value)
  if (form === 'hundredths') return `${value.toFixed(2)}/s`
  return formatValue(form, value)
}

const POSITIONS: ReadonlySet<TileForm> = new Set(['term', 'index', 'revision'])
const isPosition = ({ form }: Tile): boolean => POSITIONS.has(form)

/** Terms that differ mean an election that not everybody has seen. */
const markOf = ({ form }: Tile, { tier, spread }: TileJudgement): TileFace['mark'] =>
  form === 'term' && spread > 0 ? 'warning' : tier === 'ok' ? undefined : tier

function spreadText(
  { form }: Tile,
  { spread }: TileJudgement,
  { member }: TileFacts,
  texts: Messages['tiles'],
): string {
  if (member !== undefined) return ''
  return form === 'term' ? (spread > 0 ? texts.differ : texts.same) : texts.spread(WHOLE.format(spread))
}

function leaderFace(
  { value, member, isStale }: TileJudgement,
  facts: TileFacts,
  texts: Messages['tiles'],
): Pick<TileFace, 'value' | 'sub' | 'mark'> {
  const { members, current } = facts
  if (value !== 1) {
    const who = facts.member === undefined && member !== undefined ? memberName(member, members) : ''
    return { value: texts.no, sub: who, mark: 'critical' }
  }
  const mark = isStale ? undefined : 'ok'
  if (facts.member === undefined) {
    const leader = members.find(({ is_leader }) => is_leader)
    const { leading } = facts
    const sub = leading && leader ? texts.leadsFor(formatAge(leading.length), leading.bound) : ''
    return { value: leader ? memberName(leader.id, members) : texts.yes, sub, mark }
  }
  const { metrics = {} } = current?.members[facts.member] ?? {}
  const isLearner = metrics[SUB_METRICS.isLearner] === 1
  const isLeader = metrics[SUB_METRICS.isLeader] === 1
  return {
    value: texts.yes,
    sub: isLeader ? texts.isLeader : isLearner ? texts.learner : texts.follower,
    mark,
  }
}

function subText(
  { id }: Tile,
  reading: MemberReading | undefined,
  { leaderChanges }: TileFacts,
  texts: Messages['tiles'],
): string {
  const value = (metric: string) => reading?.metrics[metric]
  switch (id) {
    case 'bannerCPU':
      return texts.ofOneCore
    case 'bannerDBSize':
      return texts.inUse(formatValue('bytes', value(SUB_METRICS.inUse)))
    case 'bannerCommit':
      return texts.target('25 ms')
    case 'cardWAL':
      return texts.target('10 ms')
    case 'cardFragmentationRatio':
      return texts.reclaimable(formatValue('bytes', value(SUB_METRICS.free)))
    case 'cardLeaderChanges':
      return leaderChanges === undefined ? '' : texts.inRange(WHOLE.format(leaderChanges))
    default:
      return ''
  }
}

function versionFace({ members, member }: TileFacts, texts: Messages['tiles']): TileFace {
  const shown = members.filter(({ id }) => member === undefined || id === member)
  const span = versionSpan(shown.map(({ version }) => version))
  const face = { mark: undefined, staleSince: undefined }
  if (!span) return { ...face, value: '-', sub: texts.noValue }
  const [least, largest] = span
  if (least === largest) return { ...face, value: least, sub: '' }
  return { ...face, value: texts.versions(least, largest), sub: '', mark: 'warning' }
}

/** Voters that answer of all of them; of one member the size of the cluster it belongs to. */
function membersFace({ members }: TileFacts): TileFace {
  const { answering, voters } = countVoters(members)
  const mark = answering < voters ? 'warning' : undefined
  return { value: `${answering} / ${voters}`, mark, sub: '', staleSince: undefined }
}
