import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'

/** What is said of a problem: what happened, and what to do (ui.md 12.2). */
export interface ProblemText {
  readonly title: string
  readonly advice: string
}

/** Every text of the application. Strings, and functions where something is inserted; no markup. */
export interface Messages {
  /** Language of the texts, for `lang` and number forms. */
  readonly language: string
  readonly product: string
  /** Stands in for the name of a member that is not known. */
  readonly somebody: string
  readonly skipToContent: string
  readonly pages: {
    readonly login: string
    readonly password: string
    readonly monitor: string
    readonly keys: string
    readonly operations: string
    readonly notFound: string
  }
  readonly navigation: string
  readonly notFound: { readonly text: string; readonly links: string }
  readonly signIn: {
    readonly userName: string
    readonly password: string
    readonly show: (what: string) => string
    readonly hide: (what: string) => string
    readonly showShort: string
    readonly hideShort: string
    readonly submit: string
    readonly busy: string
    readonly hint: (user: string) => string
    readonly capsLock: string
    readonly wrong: string
    readonly locked: (time: string) => string
    readonly busyServer: (seconds: number) => string
    readonly busyServerGiveUp: string
    readonly storeSilent: string
    readonly noConnection: string
    readonly invalid: string
    readonly setFirst: string
    readonly changed: string
  }
  readonly changePassword: {
    readonly forced: string
    readonly voluntary: (user: string) => string
    readonly current: string
    readonly asEntered: string
    readonly next: string
    readonly repeat: string
    readonly rules: (min: number) => string
    readonly tooShort: (min: number) => string
    readonly tooLong: (max: number) => string
    readonly common: string
    readonly unchanged: string
    readonly mismatch: string
    readonly missing: string
    readonly weak: string
    readonly wrongCurrent: string
    readonly submit: string
    readonly busy: string
    readonly cancel: string
  }
  readonly sessionDialog: {
    readonly title: string
    readonly text: string
    readonly renewTitle: string
    readonly leave: string
    readonly cancel: string
  }
  readonly account: {
    readonly menu: (user: string) => string
    readonly endsIn: (left: string) => string
    readonly neverEnds: string
    readonly theme: string
    readonly themes: Readonly<Record<'system' | 'dark' | 'light', string>>
    readonly density: string
    readonly densities: Readonly<Record<'comfortable' | 'compact', string>>
    readonly timeZone: string
    readonly local: (zone: string) => string
    readonly utc: string
    readonly changePassword: string
    readonly signOut: string
  }
  readonly health: {
    readonly healthy: (answering: number, voters: number) => string
    readonly degraded: (answering: number, voters: number) => string
    readonly critical: (reason: string) => string
    readonly unknown: string
    readonly unknownSince: (age: string) => string
    readonly unreachable: (since: string) => string
    readonly unreachableNever: string
    readonly old: (what: string, age: string) => string
    readonly loading: string
    readonly title: string
    readonly allWell: string
    readonly wellBut: (failing: number, endpoints: number) => string
    readonly failing: (what: string, endpoints: number) => string
    readonly reasons: (code: string, who: string) => string | undefined
    readonly short: (code: string) => string | undefined
    readonly endpoints: string
    readonly columns: {
      readonly endpoint: string
      readonly stage: string
      readonly error: string
      readonly checked: string
    }
    readonly endpointStates: Readonly<Record<'ready' | 'waiting', string>>
    readonly ago: (age: string) => string
  }
  readonly banners: {
    readonly region: string
    readonly allDown: (since: string) => string
    readonly neverAnswered: string
    readonly noLeader: string
    readonly noQuorum: (answering: number, voters: number) => string
    readonly nospace: (who: string) => string
    readonly corrupt: (who: string) => string
    readonly memberDown: (who: string, since: string) => string
    readonly memberUnhealthy: (who: string) => string
    readonly collectorNever: string
    readonly collectorStale: (since: string) => string
    readonly storageSilent: string
    readonly dataReset: string
    readonly quotaHigh: (who: string) => string
    readonly versionSkew: string
    readonly tlsUnverified: string
    readonly sessionEnds: (left: string) => string
    readonly signInAgain: string
    readonly since: (time: string) => string
    readonly more: (count: number) => string
    readonly severities: Readonly<Record<'crit' | 'warn' | 'info', string>>
  }
  readonly monitor: {
    readonly members: string
    readonly allMembers: string
    readonly leader: string
    readonly left: string
    readonly neverSeen: string
    readonly memberState: Readonly<Record<'unhealthy' | 'unreachable' | 'learner', string>>
    readonly window: string
    readonly last: (amount: number, unit: 's' | 'm' | 'h' | 'd') => string
    readonly fixedWindow: string
    readonly resetZoom: string
    readonly goLive: string
    readonly earlier: string
    readonly later: string
    readonly zoomOut: string
    readonly refresh: string
    readonly refreshNow: string
    readonly auto: (period: string) => string
    readonly off: string
    readonly every: (period: string) => string
    readonly updated: (age: string) => string
    readonly unusable: (value: string) => string
    readonly waiting: (endpoints: number) => string
    readonly neverReached: (endpoints: number) => string
    readonly noCollector: string
    readonly allPanels: string
    readonly fewerPanels: string
  }
  readonly panel: {
    readonly units: Readonly<Record<MetricUnit, string>>
    readonly series: (panel: string) => string
    readonly collecting: (seconds: number) => string
    readonly collectingSoon: string
    readonly empty: (window: string) => string
    readonly newest: (time: string) => string
    readonly goThere: string
    readonly notExported: (version: string) => string
    readonly notExportedUnknown: string
    /** Why this panel may be empty, where there is more to say than that etcd does not export it. */
    readonly emptyOf: (panel: string) => string | undefined
    readonly notServed: string
    readonly other: (count: number) => string
    readonly memberOf: (panel: string) => string
    readonly maximise: (panel: string) => string
    readonly restore: (panel: string) => string
    readonly fullIn: (time: string) => string
    readonly notGrowing: string
    readonly staleSince: (time: string, age: string) => string
    readonly notUpdated: (time: string, reason: string) => string
    readonly tiers: Readonly<Record<'notice' | 'warning' | 'critical', string>>
    readonly quota: (label: string, value: string) => string
    readonly figure: (title: string, what: string, window: string, values: string) => string
    readonly figureValue: (name: string, now: string, max: string) => string
  }
  readonly picker: {
    readonly button: (window: string) => string
    readonly last: string
    readonly from: string
    readonly to: string
    readonly apply: string
    readonly zone: (zone: string) => string
    readonly shownTwice: (taken: string, other: string) => string
    readonly faults: Readonly<Record<'missing' | 'order' | 'long' | 'future' | 'skipped', string>>
    readonly history: (from: string, singleFrom: string) => string
  }
  readonly audit: {
    readonly title: string
    readonly table: string
    readonly columns: Readonly<
      Record<'time' | 'user' | 'operation' | 'target' | 'result' | 'duration' | 'address', string>
    >
    readonly details: Readonly<
      Record<'time' | 'params' | 'code' | 'result' | 'request' | 'run' | 'cluster' | 'count' | 'id', string>
    >
    readonly showDetails: (operation: string) => string
    readonly outcomes: Readonly<
      Record<'succeeded' | 'failed' | 'refused' | 'unknown' | 'interrupted' | 'pending', string>
    >
    readonly operation: (name: string) => string
    readonly filters: Readonly<
      Record<'region' | 'operation' | 'user' | 'text' | 'outcome' | 'from' | 'to' | 'apply' | 'clear', string>
    >
    readonly all: string
    readonly succeeded: string
    readonly notSucceeded: string
    readonly faults: Readonly<Record<'time' | 'order', string>>
    readonly zone: (zone: string) => string
    readonly total: (count: string) => string
    readonly older: string
    readonly newest: string
    readonly newer: (count: number) => string
    readonly disabled: string
    /** Before the command that does it. */
    readonly disabledAdvice: string
    readonly empty: string
    readonly emptyFiltered: string
    readonly exportCsv: string
    readonly exportText: (filter: string) => string
    readonly exportAll: string
    readonly start: string
    readonly cancel: string
    readonly close: string
    readonly received: (size: string) => string
    readonly saved: (size: string) => string
    readonly incomplete: string
  }
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
    readonly noKeys: string
    readonly nothingOpen: string
    readonly refresh: string
    readonly back: string
    readonly tooLongForLink: string
    readonly text: string
    readonly hex: string
    readonly moreLines: (count: number) => string
    readonly readAgain: string
    readonly stale: (why: string) => string
    readonly valueOf: (key: string) => string
    readonly facts: (created: string, modified: string, version: string, bytes: string) => string
    readonly leaseFacts: (lease: string, left: number | undefined) => string
    readonly readOnly: string
    readonly tooLarge: string
    readonly onlyHex: (isText: boolean) => string
    readonly lease: string
    readonly noLease: string
    readonly keepLease: string
    readonly removeLease: string
    readonly newLease: string
    readonly seconds: string
    readonly saving: string
    readonly notSaved: string
    readonly discard: string
    readonly save: string
    readonly check: string
    readonly otherBase: (revision: number) => string
    readonly cancel: string
    readonly create: string
    readonly keyName: string
    readonly value: string
    readonly secondsToLive: string
    readonly badSeconds: string
    readonly exists: string
    readonly openIt: string
    readonly remove: {
      readonly open: string
      readonly openDirectory: string
      readonly key: string
      readonly directory: string
      readonly forGood: (count: number) => string
      readonly type: (count: number) => string
      readonly button: (count: number) => string
      readonly done: (count: number) => string
    }
    readonly conflict: {
      readonly title: string
      readonly revisions: (yours: number, theirs: number) => string
      readonly gone: (yours: number) => string
      readonly goneShort: string
      readonly theirs: string
      readonly yours: string
      readonly keepEditing: string
      readonly takeTheirs: string
      readonly discardMine: string
      readonly createAgain: string
      readonly overwrite: (revision: number) => string
    }
  }
  readonly layout: {
    readonly notLoaded: string
    readonly title: string
    readonly cards: string
    readonly shown: (shown: number, all: number) => string
    readonly filter: string
    readonly noneFound: string
    readonly showAll: (group: string) => string
    readonly hideAll: (group: string) => string
    readonly showAllShort: string
    readonly hideAllShort: string
    readonly drag: (title: string) => string
    readonly up: (title: string) => string
    readonly down: (title: string) => string
    readonly moved: (title: string, place: number, all: number) => string
    readonly tooMany: (limit: number) => string
    readonly defaults: string
    readonly cancel: string
    readonly save: string
    readonly saving: string
    readonly discard: string
    readonly discardChanges: string
    readonly keepEditing: string
    readonly changedElsewhere: string
    readonly allHidden: string
    readonly choose: string
  }
  readonly tiles: {
    readonly region: string
    readonly marks: Readonly<Record<'notice' | 'warning' | 'critical', string>>
    readonly noValue: string
    readonly old: (age: string) => string
    readonly yes: string
    readonly no: string
    readonly isLeader: string
    readonly follower: string
    readonly learner: string
    readonly versions: (least: string, largest: string) => string
    readonly differ: string
    readonly same: string
    readonly spread: (amount: string) => string
    readonly ofOneCore: string
    readonly inUse: (size: string) => string
    readonly reclaimable: (size: string) => string
    readonly target: (limit: string) => string
    readonly inRange: (count: string) => string
  }
  readonly legend: {
    readonly caption: (panel: string) => string
    readonly name: string
    readonly now: string
    readonly last: string
    readonly min: string
    readonly avg: string
    readonly total: string
    readonly totalOf: (count: string) => string
    readonly max: string
    readonly more: (count: number) => string
    readonly noData: string
    readonly lastAt: (time: string) => string
    readonly coarse: (newest: string, part: string) => string
  }
  readonly tooltip: {
    readonly noData: string
    readonly notScraped: (names: string) => string
    readonly soFar: string
  }
  readonly copy: { readonly copy: string; readonly copied: string; readonly pressKeys: string }
  readonly dataState: {
    readonly loading: string
    readonly stillWaiting: string
    readonly tryAgain: string
    readonly request: (id: string) => string
    readonly partFailed: string
    readonly reloadPart: string
    readonly reload: string
  }
  readonly problems: (code: string) => ProblemText | undefined
  readonly proxy: { readonly prefix: string; readonly tooLarge: string; readonly unreachable: string }
  readonly toasts: { readonly region: string; readonly close: string; readonly prefsNotKept: string }
}
