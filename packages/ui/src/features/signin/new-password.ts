/** What the server will refuse, found while typing. Lengths: code points as it counts them, bytes of UTF-8 as it bounds them. */
export type PasswordFault = 'too_short' | 'too_long' | 'unchanged'

export interface PasswordPolicy {
  readonly minLength: number
  readonly maxBytes: number
}

/** Undefined while nothing is wrong. `old` is `''` where it is not known. */
export function findFault(next: string, old: string, policy: PasswordPolicy): PasswordFault | undefined {
  if ([...next].length < policy.minLength) return 'too_short'
  if (new TextEncoder().encode(next).length > policy.maxBytes) return 'too_long'
  return next === old ? 'unchanged' : undefined
}
