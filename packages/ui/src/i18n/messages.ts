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
    readonly cluster: string
    readonly monitor: string
    readonly keys: string
    readonly operations: string
    readonly diagnostics: string
    readonly about: string
    readonly notFound: string
  }
  readonly members: {
    readonly roles: Readonly<Record<'leader' | 'follower' | 'learner', string>>
    readonly states: Readonly<Record<'unreachable' | 'unhealthy' | 'learner' | 'healthy', string>>
  }
  readonly runs: {
    readonly operation: (name: string) => string
    readonly state: (name: string) => string
  }
  readonly navigation: string
  /** What runs now, `1/3` of it done. */
  readonly running: (operation: string, progress: string) => string
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
  readonly unsaved: {
    readonly title: string
    readonly text: (count: number) => string
    readonly signOut: string
    readonly stay: string
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
    readonly tasks: Readonly<Record<'audit' | 'runs' | 'defragment', string>>
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
    readonly clocksDiffer: string
    readonly storageSilent: string
    readonly dataReset: string
    readonly mixedHistory: string
    readonly quotaHigh: (who: string) => string
    readonly versionSkew: string
    readonly tlsUnverified: string
    readonly sessionEnds: (left: string) => string
    readonly signInAgain: string
    readonly locked: (name: string, since: string) => string
    readonly lockDetail: string
    readonly lockEntries: string
    readonly dismiss: string
    readonly ways: Readonly<Record<'diagnostics' | 'rescue', string>>
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
    readonly unobserved: (window: string, version: string) => string
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
    readonly figureValue: (name: string, now: string, max: string | undefined) => string
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
    readonly noAge: string
    readonly yes: string
    readonly no: string
    readonly isLeader: string
    readonly leadsFor: (age: string, bound: 'exact' | 'least' | 'most') => string
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
  readonly marks: {
    readonly run: (operation: string, state: string, user: string) => string
    readonly restart: (who: string, times: number) => string
    readonly dataReset: string
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
