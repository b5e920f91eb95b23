import type { CheckAnswer } from '../../../api/answers.ts'

export type ShownCheck = Pick<CheckAnswer, 'code' | 'message' | 'member_id'>

/** Two rules may find the same of a member: the one that gives the reason is shown. */
export const withoutRepeats = (checks: readonly ShownCheck[]): readonly ShownCheck[] =>
  checks.filter(
    ({ message, member_id: id }) =>
      !checks.some((other) => other.member_id === id && other.message.startsWith(`${message} (`)),
  )
