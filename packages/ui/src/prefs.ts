import { createSignal } from 'solid-js'
import { isRecord } from './api/problem.ts'

const KEY = 'etcdmonitor.prefs'

export const THEMES = ['system', 'dark', 'light'] as const
export const DENSITIES = ['comfortable', 'compact'] as const
export const ZONES = ['local', 'utc'] as const

/** What this browser remembers (ui.md 4.5). `v` is the form's version. */
export interface Prefs {
  readonly v: 1
  readonly theme: (typeof THEMES)[number]
  readonly density: (typeof DENSITIES)[number]
  readonly timeZone: (typeof ZONES)[number]
  readonly lastUser: string
  /** CSS px of the tree of keys; absent = never moved. */
  readonly keyPane?: number
  /** Keys of banners that were dismissed, the newest last, at most 20. */
  readonly dismissed: readonly string[]
  /** Long lines of values. */
  readonly wrap: boolean
  /** Single keys act. */
  readonly shortcuts: boolean
  /** As last chosen on Monitor; absent = never chosen. */
  readonly monitor: {
    readonly member?: string
    readonly range?: string
    readonly refresh?: string
    /** Ids of sections: folded ones, and those that show the panels that are hidden by default, too. */
    readonly folded?: readonly string[]
    readonly extended?: readonly string[]
  }
}

const DEFAULTS: Prefs = {
  v: 1,
  theme: 'system',
  density: 'comfortable',
  timeZone: 'local',
  lastUser: '',
  dismissed: [],
  wrap: false,
  shortcuts: true,
  monitor: {},
}
const MAX_TEXT = 64
const MAX_TEXTS = 32
const MAX_DISMISSED = 20

const [prefs, set] = createSignal<Prefs>(parsePrefs(readText()))
const [areKept, setKept] = createSignal(true)

export const currentPrefs = prefs

/** False once the browser refused to keep them. */
export const prefsAreKept = areKept

export function changePrefs(change: Partial<Omit<Prefs, 'v'>>): void {
  const next = set({ ...prefs(), ...change })
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    setKept(false)
  }
}

/** A banner with this key is not shown again in this browser. */
export const dismiss = (key: string): void =>
  changePrefs({ dismissed: [...prefs().dismissed, key].slice(-MAX_DISMISSED) })

/** Whatever is stored: what cannot be used counts as not stored. */
export function parsePrefs(text: string | null): Prefs {
  let stored: unknown
  try {
    stored = JSON.parse(text ?? 'null')
  } catch {
    return DEFAULTS
  }
  if (!isRecord(stored) || stored.v !== 1) return DEFAULTS
  const monitor = isRecord(stored.monitor) ? stored.monitor : {}
  return {
    v: 1,
    theme: oneOf(THEMES, stored.theme) ?? DEFAULTS.theme,
    density: oneOf(DENSITIES, stored.density) ?? DEFAULTS.density,
    timeZone: oneOf(ZONES, stored.timeZone) ?? DEFAULTS.timeZone,
    lastUser: shortText(stored.lastUser) ?? '',
    ...optional('keyPane', pixels(stored.keyPane)),
    dismissed: shortTexts(stored.dismissed)?.slice(-MAX_DISMISSED) ?? [],
    wrap: stored.wrap === true,
    shortcuts: stored.shortcuts !== false,
    monitor: {
      ...optional('member', shortText(monitor.member)),
      ...optional('range', shortText(monitor.range)),
      ...optional('refresh', shortText(monitor.refresh)),
      ...optional('folded', shortTexts(monitor.folded)),
      ...optional('extended', shortTexts(monitor.extended)),
    },
  }
}

function readText(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

// functions, not constants: the stored preferences are read while this module is being made
function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((known) => known === value)
}

function shortText(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_TEXT ? value : undefined
}

function pixels(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= 10_000 ? value : undefined
}

function shortTexts(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_TEXTS) return undefined
  const texts = value.flatMap((one) => shortText(one) ?? [])
  return texts.length === value.length ? texts : undefined
}

function optional<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V }) // a computed key widens to string
}
