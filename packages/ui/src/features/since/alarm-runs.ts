import { type Accessor, createMemo } from 'solid-js'
import type { Column } from '../../api/answers.ts'
import type { WindowData } from '../range/window-data.ts'
import { createDayQuery } from './day-query.ts'
import { type UnbrokenRun, unbrokenRun } from './unbroken-run.ts'

/** Alarms of a type that a member knows of, whoever raised them. */
const COUNTS: Readonly<Record<string, string>> = {
  NOSPACE: 'etcd_alarm_nospace',
  CORRUPT: 'etcd_alarm_corrupt',
}

/** How long there has been an alarm of each type, as far as the samples of the last 24 h tell. */
export function createAlarmRuns(isWanted: Accessor<boolean>): Accessor<ReadonlyMap<string, UnbrokenRun>> {
  const day = createDayQuery(() => (isWanted() ? 'all' : undefined), Object.values(COUNTS))
  return createMemo(() => {
    const data = day()
    return data ? alarmRuns(data) : new Map<string, UnbrokenRun>()
  })
}

export function alarmRuns(data: WindowData): ReadonlyMap<string, UnbrokenRun> {
  const runs = Object.entries(COUNTS).flatMap(([type, metric]): [string, UnbrokenRun][] => {
    const columns = [...data.members.values()].map(({ series }) => series.get(metric) ?? [])
    const run = unbrokenRun(data.times, anyOf(columns, data.times.length), data.at)
    return run ? [[type, run]] : []
  })
  return new Map(runs)
}

/** 1 in slots in which one of them says so, null where none says anything. */
const anyOf = (columns: readonly Column[], slots: number): Column =>
  Array.from({ length: slots }, (_, slot) => {
    const known = columns.flatMap((column) => column[slot] ?? [])
    return known.length === 0 ? null : Number(known.some((count) => count > 0))
  })
