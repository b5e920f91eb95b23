import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { bytesContent } from '../../value/value-content.ts'
import type { Draft } from '../drafts/drafts.ts'
import { draftNote } from './draft-note.ts'

const draftOf = (modRevision: number, isConflicted = false): Draft => ({
  content: bytesContent(toUtf8('mine'), toUtf8('')),
  lease: 'keep',
  seconds: '',
  base: { modRevision, dataSince: 0 },
  isConflicted,
})

it.each([
  ['nothing was typed', undefined, 7, undefined],
  ['of what is stored', draftOf(7), 7, undefined],
  ['of an older revision', draftOf(7), 9, 'of_another'],
  ['of a key that is gone', draftOf(7), 0, undefined],
  ['of what a conflict showed', draftOf(9, true), 9, 'after_conflict'],
  ['of what a conflict showed before', draftOf(9, true), 11, 'of_another'],
  ['of a deleted key', draftOf(0, true), 0, 'created_again_by_saving'],
  ['of a deleted key that somebody made again', draftOf(0, true), 12, 'exists_again'],
] as const)('a draft %s', (_, draft, modRevision, note) => {
  expect(draftNote(draft, modRevision)).toBe(note)
})
