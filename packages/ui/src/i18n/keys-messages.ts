import type { DraftNote } from '../features/keys/key/draft-note.ts'
import type { SaveObjection } from '../features/keys/save/save-objection.ts'
import type { BinaryKind } from '../features/value/binary-kind.ts'
import type { JsonFault } from '../features/value/format-json.ts'
import type { LineEnds } from '../features/value/value-text.ts'
import type { ValueType } from '../features/value/value-type.ts'
import type { Messages } from './messages.ts'

/** With what only the Keys page says: not in the first load. */
export interface KeysMessages extends Messages {
  readonly keys: {
    readonly tree: string
    readonly emptyName: string
    readonly alsoKey: string
    readonly bytesBadge: string
    readonly leased: string
    readonly notLoaded: (why: string) => string
    readonly tooManyRows: string
    readonly total: (count: number, shown: string) => string
    readonly asOf: (revision: string) => string
    readonly limited: string
    readonly refresh: string
    readonly missing: string
    readonly back: string
    readonly tooLongForLink: string
    readonly hex: string
    readonly readAgain: string
    readonly stale: (why: string) => string
    readonly valueOf: (key: string) => string
    readonly facts: (created: string, modified: string, version: string) => string
    readonly leaseFacts: string
    readonly readOnly: string
    readonly tooLarge: string
    readonly lease: string
    readonly noLease: string
    readonly keepLease: string
    readonly removeLease: string
    readonly newLease: string
    readonly seconds: string
    readonly saving: string
    readonly notSaved: string
    readonly unsaved: (key: string) => string
    readonly discard: string
    readonly save: string
    readonly check: string
    /** Of the revision that the draft was made of, and the one that is stored now. */
    readonly draftNotes: Readonly<Record<DraftNote, (base: string, now: string) => string>>
    readonly cancel: string
    readonly create: string
    readonly keyName: string
    readonly value: string
    readonly secondsToLive: string
    readonly badSeconds: string
    readonly exists: (revision: string | undefined) => string
    readonly openIt: string
    readonly remove: {
      readonly open: string
      readonly openDirectory: string
      readonly key: string
      readonly directory: string
      readonly forGood: (count: number) => string
      readonly type: (count: number) => string
      readonly button: (count: number) => string
      readonly busy: string
      readonly done: (count: number) => string
    }
    readonly conflict: {
      readonly title: string
      readonly revisions: (yours: string, theirs: string) => string
      readonly exists: (theirs: string) => string
      readonly otherData: (yours: string, theirs: string) => string
      readonly gone: (yours: string) => string
      readonly goneShort: string
      readonly theirs: string
      readonly yours: string
      readonly keepEditing: string
      readonly takeTheirs: string
      readonly discardMine: string
      readonly createAgain: string
      readonly overwrite: (revision: string) => string
      readonly difference: string
      readonly differences: (at: number, count: number) => string
      readonly previous: string
      readonly next: string
    }
  }
  readonly keyBrowser: {
    readonly api: string
    readonly view: string
    readonly views: Readonly<Record<'tree' | 'list' | 'search', string>>
    readonly readOnly: string
    readonly mayNotWrite: string
    readonly mayNotWriteKey: string
    readonly directory: string
    readonly aDirectory: string
    readonly keys: (count: number) => string
    readonly copyLink: string
    readonly linkCopied: string
    readonly splitter: string
    readonly more: (count: number) => string
    readonly moreActions: string
    /** `place`: what the keys of that directory begin with; `''`: all keys. */
    readonly beyond: (loaded: string, place: string) => string
    readonly showInList: string
    readonly loadMore: string
    readonly bare: (separator: string) => string
    readonly level: (depth: number) => string
    readonly draft: string
    readonly begunAgain: string
    readonly readFrom: (member: string | undefined, age: string) => string
    readonly nothingOpen: string
    readonly removedAt: (count: number, revision: string) => string
    readonly below: string
    readonly showAll: string
    readonly removeAll: string
    readonly outOfSight: string
    readonly ranges: string
    readonly otherRange: string
    readonly refused: string
    readonly prefix: string
    readonly browse: string
    readonly noKeys: string
    readonly noKeysBelow: (prefix: string) => string
    readonly createFirst: string
    readonly createHere: string
    readonly copied: string
    readonly notCopied: string
    readonly find: string
    readonly findActs: Readonly<Record<'open' | 'browse' | 'list' | 'search', string>>
    readonly versions: (revision: string, version: string) => string
    readonly menu: {
      readonly open: string
      readonly expand: string
      readonly collapseAll: string
      readonly copy: string
      readonly create: string
      readonly browse: string
      readonly search: string
      readonly remove: string
      readonly removeBelow: string
    }
    readonly list: {
      readonly goTo: string
      readonly go: string
      readonly fromStart: string
      readonly none: string
      readonly noneFrom: string
      readonly more: string
      readonly end: string
      readonly stopped: string
    }
    readonly search: {
      readonly field: string
      readonly fields: Readonly<Record<'key' | 'value', string>>
      readonly matchCase: string
      readonly nothingAsked: string
      readonly readsValues: (count: number, prefix: string) => string
      readonly readValues: string
      readonly hits: string
      readonly full: string
      readonly counting: string
      readonly noHits: (field: 'key' | 'value', prefix: string, q: string, scanned: string) => string
      readonly all: (hits: number, scanned: string, revision: string) => string
      readonly part: (
        hits: number,
        scanned: string,
        inScope: string,
        last: string,
        revision: string,
      ) => string
      readonly stopped: (why: string) => string
      readonly stop: string
      readonly goOn: string
      readonly searchValues: string
      readonly clear: string
    }
    readonly creating: {
      readonly badBase64: string
      readonly asBytes: string
      readonly another: string
      readonly wouldLose: string
      readonly created: (key: string) => string
      readonly raised: (asked: number, granted: number) => string
      readonly warnings: Readonly<Record<'blanks' | 'doubled' | 'bare', string>>
    }
    readonly remove: {
      readonly facts: (size: string, lease: string | undefined) => string
      readonly asSeen: (revision: string) => string
      readonly changed: string
      readonly everything: string
      readonly snapshotFirst: string
      readonly counting: string
      readonly progress: (deleted: string, all: string) => string
      readonly stopping: string
      readonly stopped: (deleted: number, left: number) => string
      readonly countChanged: (count: string, hasDeleted: boolean) => string
      readonly holdsUp: string
      readonly inParts: string
      readonly node: (key: string, exists: boolean) => string
      readonly more: (count: string) => string
      readonly allWords: string
      readonly typeWords: (words: string) => string
      readonly stop: string
      readonly close: string
      readonly countAgain: string
    }
  }
  readonly shortcuts: {
    readonly title: string
    readonly open: string
    /** What the single keys of the page do. */
    readonly page: string
    readonly find: string
    readonly refresh: string
    readonly create: string
    readonly show: string
    readonly areOn: string
    /** Keys of what has the focus. */
    readonly groups: readonly {
      readonly title: string
      readonly rows: readonly { readonly keys: readonly string[]; readonly text: string }[]
    }[]
  }
  readonly v2: {
    readonly off: string
    readonly tryAgain: string
    readonly backToV3: string
    readonly filter: string
    readonly filtered: string
    readonly nothingOpen: string
    readonly noKeys: string
    readonly noMatch: string
    readonly tooLarge: string
    readonly readAgo: (age: string) => string
    readonly facts: (created: string, modified: string) => string
    readonly expiresIn: (seconds: number) => string
    readonly directory: string
    readonly removeDirectory: string
    readonly createDirectory: string
    readonly kind: string
    readonly kinds: Readonly<Record<'key' | 'directory', string>>
    readonly exists: string
    readonly permanent: string
    readonly keepTime: string
    readonly keepMine: string
    readonly otherLineEnds: string
    readonly noUtf8: string
    readonly changed: (yours: string, theirs: string) => string
  }
  readonly value: {
    readonly expires: (time: string) => string
    readonly pane: string
    readonly view: string
    readonly exact: string
    readonly formatted: string
    readonly type: string
    readonly types: Readonly<Record<ValueType, string>>
    readonly wrap: string
    readonly preview: string
    readonly noFormatter: (type: string) => string
    readonly notJson: (fault: JsonFault) => string
    readonly useFormatted: string
    readonly replaceFromFile: string
    readonly fileTooLarge: (bytes: number, most: number) => string
    readonly fileNotRead: string
    readonly binary: (bytes: string, kind: BinaryKind | undefined) => string
    readonly binaryShort: string
    readonly noBytes: string
    readonly noMatch: (q: string) => string
    readonly matchInBytes: (q: string, at: number) => string
    readonly lineEnds: Readonly<Record<LineEnds, string>>
    readonly size: (size: string, most: string) => string
    readonly exactSize: (bytes: number) => string
    readonly cursor: (line: number, column: number) => string
    readonly byteCursor: (at: number) => string
    readonly byteAt: (offset: string, pair: string) => string
    readonly overwrites: string
    readonly decimal: (id: string) => string
    /** Undefined: not known; `''`: it is over. */
    readonly leaseLeft: (left: string | undefined) => string
    readonly saved: string
    readonly raised: (asked: string, granted: string) => string
    readonly saveAnyway: string
    readonly objection: (objection: SaveObjection) => string
    readonly mayNotWrite: string
    readonly tooManyDrafts: (count: number) => string
    readonly draftTooLarge: string
    readonly mostBytes: (most: string) => string
    readonly gone: string
    readonly tooLargeFor: (limit: string | undefined, most: string | 0 | undefined) => string
    readonly doubt: {
      readonly unknown: string
      readonly checking: string
      readonly unread: string
      readonly notSaved: string
      readonly saveAgain: string
    }
    readonly more: string
    readonly copyKey: string
    readonly copyValue: string
    readonly copyBase64: string
    readonly download: string
    readonly copyCommand: string
    readonly close: string
    readonly coming: (size: string) => string
    readonly cancel: string
    readonly cancelled: string
  }
}
