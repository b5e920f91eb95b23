import type { BinaryKind } from '../features/value/binary-kind.ts'
import type { KeysMessages } from './keys-messages.ts'
import type { Messages } from './messages.ts'

const plural = new Intl.PluralRules('en')
const counted = (count: number, one: string, other: string) =>
  `${count} ${plural.select(count) === 'one' ? one : other}`

export const enKeys: Omit<KeysMessages, keyof Messages> = {
  keys: {
    tree: 'Keys',
    emptyName: '(empty)',
    alsoKey: 'key',
    bytesBadge: 'bytes',
    leased: 'has a lease',
    notLoaded: (why) => `Could not load more: ${why}.`,
    tooManyRows: '200,000 rows are loaded. Close other directories.',
    total: (count, shown) => `${shown} ${plural.select(count) === 'one' ? 'key' : 'keys'}`,
    asOf: (revision) => `as of revision ${revision}`,
    limited: 'Only some ranges are visible to the etcd user of etcdmonitor.',
    refresh: 'Refresh',
    missing: 'This key does not exist (any more).',
    back: 'Back to keys',
    tooLongForLink: 'This key is too long for a link.',
    hex: 'Hex',
    readAgain: 'Read again',
    stale: (why) => `Not read again: ${why}. This is what was loaded before.`,
    valueOf: (key) => `Value of ${key}`,
    facts: (created, modified, version) => `Created ${created} · Modified ${modified} · Version ${version}`,
    leaseFacts: 'Lease',
    readOnly: 'Keys are read-only by configuration.',
    tooLarge: 'This value is larger than what may be saved here. It is only shown.',
    lease: 'Time to live',
    noLease: 'No lease',
    keepLease: 'Keep the lease',
    removeLease: 'Remove the lease',
    newLease: 'New time to live',
    seconds: 'Seconds',
    saving: 'Saving…',
    notSaved: 'Not saved',
    unsaved: (key) => `${key} was not saved, as far as is known. What you typed is kept there.`,
    discard: 'Discard',
    save: 'Save',
    check: 'Check again',
    draftNotes: {
      created_again_by_saving: () => 'The key was deleted meanwhile. Saving creates it again.',
      exists_again: (_, now) =>
        `The key was deleted meanwhile, and exists again at revision ${now}. Saving shows both.`,
      after_conflict: (base) => `Based on a conflict: saving replaces revision ${base}, which you saw.`,
      of_another: (base, now) =>
        `Your text was made from revision ${base}; etcd has revision ${now} now. Saving shows both.`,
    },
    cancel: 'Cancel',
    create: 'Create key',
    keyName: 'Key',
    value: 'Value',
    secondsToLive: 'Seconds to live (empty: no end)',
    badSeconds: 'Whole seconds from 1 to 9,000,000,000',
    exists: (revision) =>
      `This key exists${revision === undefined ? '' : ` (revision ${revision})`}. Nothing was written.`,
    openIt: 'Open it',
    remove: {
      open: 'Delete…',
      openDirectory: 'Delete all below…',
      key: 'Delete this key',
      directory: 'Delete everything below',
      forGood: (count) => `${keyCount(count)} will be deleted, at once and for good.`,
      type: (count) => `Type ${count} to confirm`,
      button: (count) => `Delete ${keyCount(count)}`,
      busy: 'Deleting…',
      done: (count) => `${keyCount(count)} deleted.`,
    },
    conflict: {
      title: 'Somebody else changed this key',
      revisions: (yours, theirs) =>
        `You edited revision ${yours}, etcd now has ${theirs}. Nothing was written.`,
      exists: (theirs) => `The key exists again, at revision ${theirs}. Nothing was written.`,
      otherData: (yours, theirs) =>
        `The data of the cluster was wiped or restored since you read revision ${yours}; what is there now is revision ${theirs} of other data. Nothing was written.`,
      gone: (yours) => `You edited revision ${yours}. The key does not exist any more. Nothing was written.`,
      goneShort: 'Does not exist any more.',
      theirs: 'Now in etcd',
      yours: 'Yours',
      keepEditing: 'Keep editing',
      takeTheirs: 'Take theirs',
      discardMine: 'Discard mine',
      createAgain: 'Create it again',
      overwrite: (revision) => `Overwrite revision ${revision}`,
      difference: 'Differences',
      differences: (at, count) =>
        count === 0 ? 'No difference' : `${at} of ${counted(count, 'difference', 'differences')}`,
      previous: 'Previous difference',
      next: 'Next difference',
    },
  },
  keyBrowser: {
    api: 'API',
    view: 'View',
    views: { tree: 'Tree', list: 'List', search: 'Search' },
    readOnly: 'read-only by configuration',
    mayNotWrite: 'The etcd user of etcdmonitor may not write any key.',
    mayNotWriteKey: 'The etcd user of etcdmonitor may not write this key.',
    directory: 'directory,',
    aDirectory: 'A directory: what its keys begin with. It is there as long as one of them is.',
    keys: (count) => (plural.select(count) === 'one' ? 'key' : 'keys'),
    copyLink: 'Copy link',
    linkCopied: 'Link copied.',
    splitter: 'Width of the tree',
    more: (count) => `… ${count.toLocaleString('en')} more`,
    moreActions: 'More',
    beyond: (loaded, place) =>
      place === ''
        ? `The opened key lies behind the first ${loaded} rows.`
        : `The opened key lies behind the first ${loaded} rows of ${place}`,
    showInList: 'Show in the list',
    loadMore: 'Load more',
    bare: (separator) => `no leading ${separator}`,
    level: (depth) => `level ${depth}`,
    draft: 'has changes that are not saved',
    begunAgain: 'etcd has compacted the revision that was listed. The directory was read anew.',
    readFrom: (member, age) => (member ? `from ${member}, ${age} ago` : `(${age} ago)`),
    nothingOpen: 'Choose a key to see its value, or press / to find one.',
    removedAt: (count, revision) => `${keyCount(count)} deleted at revision ${revision}.`,
    below: 'Below',
    showAll: 'Show all keys',
    removeAll: 'Delete all keys…',
    outOfSight: 'Keys outside these ranges are not visible to the etcd user of etcdmonitor.',
    ranges: 'Visible ranges',
    otherRange: 'Another prefix',
    refused: 'The etcd user of etcdmonitor may not list all keys. Enter a prefix it may read.',
    prefix: 'Prefix',
    browse: 'Browse from here',
    noKeys: 'This cluster holds no keys.',
    noKeysBelow: (prefix) => `No keys below ${prefix}.`,
    createFirst: 'Create the first key',
    createHere: 'Create a key here',
    copied: 'Key copied.',
    notCopied: 'The browser does not let this page copy.',
    find: 'Find keys, or paste a key',
    findActs: {
      open: 'Open key',
      browse: 'Browse from',
      list: 'List from',
      search: 'Search keys for',
    },
    versions: (revision, version) => `rev ${revision} · v${version}`,
    menu: {
      open: 'Open',
      expand: 'Expand',
      collapseAll: 'Collapse all below',
      copy: 'Copy key',
      create: 'Create key here…',
      browse: 'Browse from here',
      search: 'Search below…',
      remove: 'Delete…',
      removeBelow: 'Delete all below…',
    },
    list: {
      goTo: 'Go to key',
      go: 'Go',
      fromStart: 'From the first key',
      none: 'No keys.',
      noneFrom: 'No key comes at or after this one.',
      more: 'Loading…',
      end: 'That is the last key.',
      stopped: 'Could not load more.',
    },
    search: {
      field: 'Search in',
      fields: { key: 'in keys', value: 'in values' },
      matchCase: 'Match case',
      nothingAsked: 'Type above what keys or values hold, then press Enter.',
      readsValues: (count, prefix) =>
        `This reads the value of each of the ${keyCount(count)} below ${prefix || 'the start of the keyspace'} from etcd. Narrow the prefix if you can.`,
      readValues: 'Read the values',
      hits: 'Keys that were found',
      full: 'More is not kept here. Narrow the search.',
      counting: 'Searching…',
      noHits: (field, prefix, q, scanned) =>
        `No ${field} below ${prefix || '/'} contains “${q}”. Searched all ${scanned} keys.`,
      all: (hits, scanned, revision) =>
        `${hitCount(hits)}. Searched all ${scanned} keys at revision ${revision}.`,
      part: (hits, scanned, inScope, last, revision) =>
        `${hitCount(hits)}. Searched ${scanned} of ${inScope} keys, up to ${last}, at revision ${revision}.`,
      stopped: (why) => `The search ended early: ${why}.`,
      stop: 'Stop',
      goOn: 'Go on',
      searchValues: 'Search values',
      clear: 'Clear',
    },
    creating: {
      badBase64: 'No base64. Standard base64 with padding is expected.',
      asBytes: 'The key is given as bytes, in base64',
      another: 'Create another one after it',
      wouldLose: 'The key is not created yet. What you typed would be lost.',
      created: (key) => `Created ${key}.`,
      raised: (asked, granted) => `etcd raised the time to live from ${asked} s to ${granted} s.`,
      warnings: {
        blanks: 'The key begins or ends with a blank.',
        doubled: 'The key has the separator twice in a row.',
        bare: 'The key does not begin with the separator.',
      },
    },
    remove: {
      facts: (size, lease) =>
        lease === undefined ? `It has ${size}.` : `It has ${size} and the lease ${lease}.`,
      asSeen: (revision) => `It is deleted only if revision ${revision} is still there.`,
      changed: 'It changed since you looked. Nothing was deleted. Close this and read it again.',
      everything: 'Delete the whole keyspace',
      snapshotFirst: 'Take a snapshot first',
      counting: 'Counting…',
      progress: (deleted, all) => `${deleted} of ${all} deleted.`,
      stopping: 'Stops after the part under way.',
      stopped: (deleted, left) => `Stopped: ${keyCount(deleted)} deleted, ${keyCount(left)} left.`,
      countChanged: (count, hasDeleted) =>
        `The count changed to ${count}. ${hasDeleted ? 'Nothing more' : 'Nothing'} was deleted.`,
      holdsUp: 'While they are deleted, all writes of this cluster wait, about 0.5 s for each 100,000 keys.',
      inParts: 'They are deleted in parts of 100,000 keys. You can stop after each part.',
      node: (key, exists) =>
        exists ? `The key ${key} itself stays.` : `The key ${key} itself does not exist.`,
      more: (count) => `… and ${count} more`,
      allWords: 'delete all keys',
      typeWords: (words) => `Type “${words}” as well`,
      stop: 'Stop',
      close: 'Close',
      countAgain: 'Count again',
    },
  },
  shortcuts: {
    title: 'Keyboard shortcuts',
    open: 'Keyboard shortcuts…',
    page: 'On this page',
    find: 'Find keys',
    refresh: 'Read the keys again',
    create: 'Create a key here',
    show: 'Show this list',
    areOn: 'Single keys act on this page',
    groups: [
      {
        title: 'In the tree and in lists of keys',
        rows: [
          { keys: ['↑', '↓', 'PgUp', 'PgDn', 'Home', 'End'], text: 'Move' },
          { keys: ['→'], text: 'Open the directory, or go to the first in it' },
          { keys: ['←'], text: 'Close the directory, or go to the one around it' },
          { keys: ['Enter', 'Space'], text: 'Open the key, or open and close the directory' },
          { keys: ['n'], text: 'Create a key here' },
          { keys: ['Delete'], text: 'Delete, after a question' },
          { keys: ['Shift F10'], text: 'Menu of the row' },
        ],
      },
      {
        title: 'In the value',
        rows: [
          { keys: ['Ctrl S'], text: 'Save' },
          { keys: ['Ctrl F'], text: 'Find in the text' },
          { keys: ['Ctrl Z'], text: 'Undo' },
          { keys: ['Ctrl Y', 'Ctrl Shift Z'], text: 'Redo' },
          { keys: ['Tab'], text: 'Leave the text' },
        ],
      },
    ],
  },
  v2: {
    off: 'This cluster does not serve the v2 API (it needs etcd up to 3.5 with --enable-v2).',
    tryAgain: 'Try again',
    backToV3: 'Back to v3',
    filter: 'Filter by name',
    filtered: 'Filtered by name, among what was loaded. v2 has no search on the server.',
    nothingOpen: 'Choose a key to see its value.',
    noKeys: 'No keys here.',
    noMatch: 'No key or directory has this in its name.',
    tooLarge: 'These are too many keys for one answer of the v2 API. Enter a directory to begin at.',
    readAgo: (age) => `read ${age} ago`,
    facts: (created, modified) => `Created ${created} · Modified ${modified}`,
    expiresIn: (seconds) => `expires in ${seconds} s`,
    directory: 'A directory. Keys and directories can be created in it.',
    removeDirectory: 'Delete directory…',
    createDirectory: 'Create directory',
    kind: 'What is created',
    kinds: { key: 'Key', directory: 'Directory' },
    exists: 'This exists. Nothing was written.',
    permanent: 'No end',
    keepTime: 'Keep the time left',
    keepMine: 'Keep mine',
    otherLineEnds:
      'Lines of this text end in CR, or in several ways, which a text field would change. It is only shown.',
    noUtf8: 'This value may hold bytes that are no UTF-8: the v2 API does not give them. It is only shown.',
    changed: (yours, theirs) =>
      `It changed since you began to edit it (index ${yours}, now ${theirs}). Nothing was written.`,
  },
  value: {
    expires: (time) => `expires ${time}`,
    pane: 'Value',
    view: 'View',
    exact: 'Exact',
    formatted: 'Formatted',
    type: 'Type',
    types: {
      json: 'JSON',
      yaml: 'YAML',
      toml: 'TOML',
      xml: 'XML',
      ini: 'INI',
      javascript: 'JavaScript',
      lua: 'Lua',
      text: 'Text',
    },
    wrap: 'Wrap lines',
    preview: 'Preview. Saving stores the exact text.',
    noFormatter: (type) => `No formatter for ${type}. This is the exact text.`,
    notJson: ({ line, column, found }) =>
      found === ''
        ? `Not valid JSON: it ends too early, in line ${line}, column ${column}.`
        : `Not valid JSON: ${JSON.stringify(found)} in line ${line}, column ${column}.`,
    useFormatted: 'Use formatted text',
    replaceFromFile: 'Replace from file…',
    fileTooLarge: (bytes, most) =>
      `This file has ${number(bytes)} bytes; a value has at most ${number(most)}.`,
    fileNotRead: 'This file could not be read.',
    binary: (bytes, kind) => `${BINARY_KINDS[kind ?? 'unknown']}, ${bytes} bytes.`,
    binaryShort: 'Binary',
    noBytes: '0 bytes',
    noMatch: (q) => `“${q}” is not in this value. It may have been changed since the search.`,
    matchInBytes: (q, at) =>
      `“${q}” is first at byte ${number(at)} (0x${at.toString(16)}). This value is no text: its bytes are shown.`,
    lineEnds: { none: 'One line', lf: 'LF', crlf: 'CRLF', cr: 'CR', mixed: 'Mixed line ends' },
    size: (size, most) => (most === '-' ? size : `${size} of ${most}`),
    exactSize: (bytes) => `${number(bytes)} B`,
    cursor: (line, column) => `Line ${number(line)}, column ${number(column)}`,
    byteCursor: (at) => `Byte ${number(at)} (0x${at.toString(16)})`,
    byteAt: (offset, pair) => (pair === '' ? 'no bytes' : `offset ${offset}: ${pair}`),
    overwrites: 'Two hexadecimal digits overwrite the selected byte.',
    decimal: (id) => `decimal ${id}`,
    leaseLeft: (left) => {
      if (left === undefined) return 'time left unknown'
      return left === '' ? 'expired, waiting to be removed' : `expires in ${left}`
    },
    saved: 'Saved.',
    raised: (asked, granted) => `Saved. etcd raised ${asked} to ${granted}.`,
    saveAnyway: 'Save anyway',
    objection: (found) =>
      found.kind === 'json'
        ? `This is not valid JSON (line ${found.fault.line}). etcd takes any text.`
        : 'The text holds half of a character (a lone surrogate), for which UTF-8 has no bytes. Remove it to save.',
    mayNotWrite: 'The etcd user of etcdmonitor may read this, but not change it.',
    tooManyDrafts: (count) =>
      `${counted(count, 'key has', 'keys have')} changes that are not saved. Save or discard some of them to edit this one.`,
    draftTooLarge: 'What is not saved may have at most 8 MiB on this page.',
    mostBytes: (most) => `A value may have at most ${most} here.`,
    gone: 'Expired or deleted. The text below is what was loaded.',
    tooLargeFor: (limit, most) => {
      if (limit === 'etcd')
        return 'etcd takes no request this large: 1.5 MiB, unless --max-request-bytes raises it there. Nothing was written.'
      const name = limit === 'value' ? 'A value' : 'A request'
      return `${name} may have at most ${most || 'what kv_manager.max_value_size allows'} here (kv_manager.max_value_size). Nothing was written.`
    },
    doubt: {
      unknown: 'The answer did not arrive. The change may have been made.',
      checking: 'Checking…',
      unread: 'The answer did not arrive, and the key could not be read. The change may have been made.',
      notSaved: 'It was not saved.',
      saveAgain: 'Save again',
    },
    more: 'More for this key',
    copyKey: 'Copy key',
    copyValue: 'Copy stored value',
    copyBase64: 'Copy stored value as base64',
    download: 'Download stored value',
    copyCommand: 'Copy etcdctl command',
    close: 'Close',
    coming: (size) => `${size} are coming…`,
    cancel: 'Cancel',
    cancelled: 'Cancelled: the value was not loaded.',
  },
}

const keyCount = (count: number): string =>
  `${count.toLocaleString('en')} ${plural.select(count) === 'one' ? 'key' : 'keys'}`

const hitCount = (count: number): string =>
  `${count.toLocaleString('en')} ${plural.select(count) === 'one' ? 'hit' : 'hits'}`

const number = (value: number): string => value.toLocaleString('en')

const BINARY_KINDS: Readonly<Record<BinaryKind | 'unknown', string>> = {
  kubernetes_object: 'Kubernetes object (protobuf)',
  kubernetes_encrypted: 'Encrypted by Kubernetes',
  unknown: 'Binary',
}
