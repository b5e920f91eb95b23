import type { KeyNodeAnswer } from '../../api/answers.ts'
import type { KeySelection } from '../../url/keys-url.ts'

/** What this page did to the keys: all that can be different now of what it shows. */
export type KeyChange =
  /** A key that existed has another value or lease. */
  | { readonly kind: 'saved'; readonly node: KeyNodeAnswer }
  /** A key that did not exist is there; a key, or all below a directory, is not. A directory without a name: everything. */
  | { readonly kind: 'made' | 'gone'; readonly target: KeySelection }
