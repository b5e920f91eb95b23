import { type Accessor, createSignal } from 'solid-js'
import { bytesContent, type ValueContent } from '../../value/value-content.ts'
import { guessType, type ValueType } from '../../value/value-type.ts'
import { type SaveObjection, saveObjection } from '../save/save-objection.ts'

/** The value of a key that does not exist yet. */
export interface NewValue {
  readonly content: Accessor<ValueContent>
  readonly setContent: (content: ValueContent) => void
  readonly type: Accessor<ValueType>
  /** Undefined: it is guessed. */
  readonly chosenType: Accessor<ValueType | undefined>
  readonly setType: (type: ValueType) => void
  readonly objection: Accessor<SaveObjection | undefined>
  /** Looks through it before it is written; what is to be said is the objection then. */
  readonly isWritable: () => boolean
  readonly clear: () => void
}

const EMPTY = new Uint8Array()
const NOTHING = bytesContent(EMPTY, EMPTY)

/** Characters that a type is guessed from. */
const LOOKED_AT = 4_096

/** @param name of the key, as typed: its extension tells the type */
export function createNewValue(name: Accessor<string>): NewValue {
  const [content, setContent] = createSignal(NOTHING)
  const [chosenType, setType] = createSignal<ValueType>()
  const [objection, setObjection] = createSignal<SaveObjection>()
  const type = () => chosenType() ?? guessType(name(), content().editor?.sliceDoc(0, LOOKED_AT) ?? '')
  const take = (next: ValueContent) => {
    setObjection(undefined)
    setContent(next)
  }
  return {
    content,
    setContent: take,
    type,
    chosenType,
    setType: (next) => {
      setObjection(undefined)
      setType(next)
    },
    objection,
    isWritable: () => setObjection(saveObjection(content(), type())) === undefined,
    clear: () => take(NOTHING),
  }
}
