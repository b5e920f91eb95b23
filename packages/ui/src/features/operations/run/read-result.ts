import { isRecord } from '../../../api/problem.ts'

/** A run's result is as its operation made it: every field is looked at before it is shown. */
export type Result = Readonly<Record<string, unknown>>

export const numberIn = (result: Result, name: string): number | undefined => {
  const value = result[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** `''` when there is none. */
export const textIn = (result: Result, name: string): string => {
  const value = result[name]
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

export const rowsIn = (result: Result, name: string): readonly Result[] => {
  const value = result[name]
  return Array.isArray(value) ? value.filter(isRecord) : []
}
