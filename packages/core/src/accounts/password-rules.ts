/** Bytes of UTF-8. */
export const MAX_PASSWORD_BYTES = 1_024

export type PasswordFault = 'too_short' | 'common' | 'unchanged'

export interface PasswordRules {
  /** Unicode code points. */
  readonly minLength: number
  /** Lower-cased. */
  readonly common: ReadonlySet<string>
  /** What stands for nothing in a password, beside the product's words: names of the account and of the host. */
  readonly names: readonly string[]
  /** Absent where it is not known. */
  readonly old?: string
}

const PRODUCT_WORDS = ['etcdmonitor', 'etcd', 'admin', 'monitor']
/** Code points beside the words that everybody tries first. */
const MIN_OWN = 6

/** What is wrong with a new password, in the order of `api.md` 4.2. Nothing but `common` folds case. */
export function judgePassword(
  password: string,
  { minLength, common, names, old }: PasswordRules,
): PasswordFault | undefined {
  if ([...password].length < minLength) return 'too_short'
  const folded = password.toLowerCase()
  if (common.has(folded) || [...withoutWords(folded, names)].length < MIN_OWN) return 'common'
  return password === old ? 'unchanged' : undefined
}

/** The longest first: a shorter one within it would leave the rest of it standing. */
const withoutWords = (folded: string, names: readonly string[]): string =>
  [...PRODUCT_WORDS, ...names.map((name) => name.toLowerCase())]
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, word) => text.replaceAll(word, ''), folded)
