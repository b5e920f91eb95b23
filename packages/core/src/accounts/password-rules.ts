/** Bytes of UTF-8. */
export const MAX_PASSWORD_BYTES = 1_024

export type PasswordFault = 'too_short' | 'unchanged'

/** What is wrong with a new password, in the order of `api.md` 4.2. Texts are compared as typed. */
export function judgePassword(
  password: string,
  { minLength, old }: { /** Unicode code points. */ readonly minLength: number; readonly old: string },
): PasswordFault | undefined {
  if ([...password].length < minLength) return 'too_short'
  return password === old ? 'unchanged' : undefined
}
