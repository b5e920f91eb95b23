import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import { A } from '@solidjs/router'
import { type JSX, Match, Show, Switch } from 'solid-js'
import type { RunAnswer, RunStepAnswer } from '../../../api/answers.ts'
import { operationsHref } from '../../../url/operations-url.ts'
import { SimpleTable } from '../SimpleTable.tsx'
import { texts } from '../texts.ts'
import { membersLeft } from './members-left.ts'
import { RestoreCommands } from './RestoreCommands.tsx'
import { numberIn, type Result, rowsIn, textIn } from './read-result.ts'

/** What came of a run, in the form of its operation. */
export function RunResult(props: { readonly run: RunAnswer }) {
  const of = (operation: RunAnswer['operation']) =>
    props.run.operation === operation ? (props.run.result ?? undefined) : undefined
  return (
    <>
      <Switch>
        <Match when={of('defragment')}>
          {(result) => <DefragmentResult result={result()} state={props.run.state} />}
        </Match>
        <Match when={props.run.operation === 'snapshot'}>
          <SnapshotResult run={props.run} />
        </Match>
        <Match when={of('hashkv')}>
          {(result) => <HashResult result={result()} state={props.run.state} />}
        </Match>
        <Match when={of('compact')}>{(result) => <CompactResult result={result()} />}</Match>
      </Switch>
      <DefragmentRest run={props.run} />
    </>
  )
}

/** A run is never resumed: a new one with the members that are left, filled in (operations.md 7.2). */
function DefragmentRest(props: { readonly run: RunAnswer }) {
  const left = () => membersLeft(props.run)
  const least = () => numberIn(props.run.params, 'min_reclaim_bytes')
  const href = () => {
    const bytes = least()
    return operationsHref({
      task: 'defragment',
      members: left(),
      ...(bytes !== undefined && { least: bytes }),
    })
  }
  return (
    <Show when={left().length > 0}>
      <p>
        <A href={href()}>{texts.run.again}</A>
      </p>
    </Show>
  )
}

const columns = texts.run.columns
const whoOf = (row: Result): string => textIn(row, 'member_name') || textIn(row, 'member_id')
/** etcd says -1 where nothing was compacted yet; who gave no answer has 0. Large ones are text. */
const revisionIn = (row: Result, name: string): string => {
  const revision = textIn(row, name)
  return /^[1-9]/.test(revision) ? revision : '-'
}
const bytes = (value: number | undefined): string => formatValue('bytes', value)

function DefragmentResult(props: { readonly result: Result; readonly state: RunAnswer['state'] }) {
  const members = () => {
    const rows = rowsIn(props.result, 'members')
    return rows.length > 0 ? rows : [{ ...props.result, state: props.state }]
  }
  const returned = (row: Result) => {
    const [before, after] = [numberIn(row, 'db_size_before'), numberIn(row, 'db_size_after')]
    if (before === undefined || after === undefined) return '-'
    return after > before ? texts.run.grew(bytes(after - before)) : bytes(before - after)
  }
  return (
    <SimpleTable
      label={texts.run.result}
      heads={[
        columns.member,
        columns.state,
        columns.before,
        columns.after,
        columns.returned,
        columns.duration,
      ]}
      rows={members().map((row) => [
        whoOf(row),
        [stateOf(row), textIn(row, 'error')].filter(Boolean).join(': '),
        bytes(numberIn(row, 'db_size_before')),
        bytes(numberIn(row, 'db_size_after')),
        returned(row),
        lengthOf(row),
      ])}
    />
  )
}

/** As the steps below call it. */
const stateOf = (row: Result): string => {
  const state = textIn(row, 'state')
  return Object.hasOwn(texts.stepStates, state) ? texts.stepStates[state as RunStepAnswer['state']] : state
}

/** Nothing took no time: it was not begun, or not measured. */
const lengthOf = (row: Result): string => {
  const length = numberIn(row, 'duration_ms') ?? 0
  return length > 0 ? formatAge(length) : '-'
}

function SnapshotResult(props: { readonly run: RunAnswer }) {
  const rate = () => {
    const done = props.run.progress?.done ?? 0
    const seconds = Math.max(1, props.run.duration_ms / 1_000)
    return bytes(Math.round(done / seconds))
  }
  const sent = () => {
    const { progress } = props.run
    return progress ? texts.run.sent(bytes(progress.done), bytes(progress.total ?? undefined), rate()) : ''
  }
  const sha = () => textIn(props.run.result ?? {}, 'sha256')
  const size = () => (numberIn(props.run.result ?? {}, 'bytes') ?? 0).toLocaleString('en')
  const isBroken = () => props.run.state !== 'running' && props.run.state !== 'succeeded'
  const isUnsent = () =>
    props.run.steps.some(({ name, state }) => name === 'stream' && state === 'not_started')
  const broken = () => {
    if (isUnsent()) return texts.run.unsent
    if (props.run.state === 'interrupted') return texts.run.doubtful
    // how much was sent is noted every other second
    return props.run.progress ? texts.run.incomplete : texts.run.perhapsIncomplete
  }
  return (
    <>
      <p class="operations-note" data-role={isBroken() ? 'crit' : sha() ? 'ok' : undefined}>
        <Show when={sha()} fallback={isBroken() ? broken() : sent()}>
          {(hash) => texts.run.verified(size(), hash())}
        </Show>
      </p>
      <Show when={sha() ? props.run.result : undefined}>
        {(result) => <RestoreCommands result={result()} />}
      </Show>
    </>
  )
}

const VERDICT_ROLES: Readonly<Record<string, string>> = {
  consistent: 'ok',
  inconsistent: 'crit',
  inconclusive: 'warn',
}

function HashResult(props: { readonly result: Result; readonly state: RunAnswer['state'] }) {
  const verdict = () => textIn(props.result, 'verdict')
  const sentence = () => {
    const known = texts.verdicts[verdict() as keyof typeof texts.verdicts] ?? verdict()
    // who stopped it knows why there is no verdict
    const isStopped = props.state === 'cancelled'
    const reason = isStopped ? '' : (texts.verdictReasons[textIn(props.result, 'reason')]?.(silent()) ?? '')
    return [known, reason].filter(Boolean).join(' ')
  }
  const silent = () =>
    rowsIn(props.result, 'results')
      .filter((row) => numberIn(row, 'hash') === undefined && textIn(row, 'code') !== 'not_supported')
      .map(whoOf)
      .join(', ')
  const minority = () => (Array.isArray(props.result.minority) ? props.result.minority : [])
  const name = (row: Result) => {
    const who = whoOf(row)
    return minority().includes(textIn(row, 'member_id')) ? texts.run.differs(who) : who
  }
  const hash = (row: Result): JSX.Element => {
    const value = numberIn(row, 'hash')
    return value === undefined ? textIn(row, 'error') || '-' : value.toString(16).padStart(8, '0')
  }
  return (
    <>
      <p class="operations-note" data-role={VERDICT_ROLES[verdict()]}>
        <strong>{sentence()}</strong>
      </p>
      <Show when={verdict() === 'inconsistent'}>
        <p>{texts.run.waysOut}</p>
      </Show>
      <SimpleTable
        label={texts.run.result}
        heads={[columns.member, columns.version, columns.hash, columns.revision, columns.compactRevision]}
        rows={rowsIn(props.result, 'results').map((row) => [
          name(row),
          textIn(row, 'version') || '-',
          hash(row),
          revisionIn(row, 'revision'),
          revisionIn(row, 'compact_revision'),
        ])}
      />
    </>
  )
}

function CompactResult(props: { readonly result: Result }) {
  return (
    <SimpleTable
      label={texts.run.result}
      heads={[columns.member, columns.reclaimable]}
      rows={rowsIn(props.result, 'members').map((row) => [
        whoOf(row),
        bytes(numberIn(row, 'reclaimable_bytes')),
      ])}
    />
  )
}
