/** Which entries of the audit log are wanted; absent: all (api.md 8.9). */
export interface AuditFilter {
  readonly operation?: string
  /** Exact. */
  readonly username?: string
  /** Part of target, params or result. */
  readonly q?: string
  readonly success?: boolean
  /** Unix seconds, half-open. */
  readonly from?: number
  readonly to?: number
}

/** What the page is about, in the order of its list. */
export const TASKS = [
  'overview',
  'audit',
  'runs',
  'defragment',
  'snapshot',
  'alarms',
  'move-leader',
  'hashkv',
  'compact',
] as const
export type Task = (typeof TASKS)[number]

/** What `/operations` shows: the state that its URL holds (ui.md 2.2). */
export interface OperationsView {
  readonly task: Task
  /** Id of a run, which is shown whatever the task is. */
  readonly run?: string
  /** Decimal id of the member that a form begins with. */
  readonly member?: string
  /** Of the members that a defragmentation begins with: those that another one has left. */
  readonly members?: readonly string[]
  /** Bytes that a member would have to return, else it is skipped. */
  readonly least?: number
  readonly filter: AuditFilter
}

const OPERATION = /^[a-z][a-z0-9_]{0,63}$/
const SECONDS = /^(0|[1-9][0-9]{0,10})$/
const RUN = /^[0-9A-HJKMNP-TV-Z]{26}$/
const MEMBER = /^[1-9][0-9]{0,19}$/
const MEMBERS = /^[1-9][0-9]{0,19}(,[1-9][0-9]{0,19}){0,63}$/
const BYTES = /^(0|[1-9][0-9]{0,14})$/
const MAX_NAME = 64
const MAX_TEXT = 128

export interface ParsedOperations {
  readonly view: OperationsView
  /** Values that could not be used, as `name=value`; they are left out. */
  readonly rejected: readonly string[]
}

/** Never fails: what is unknown is dropped, what is wrong is left out and named. */
export function parseOperationsUrl(search: string): ParsedOperations {
  const params = new URLSearchParams(search)
  const rejected: string[] = []
  const take = <T>(name: string, parse: (text: string) => T | undefined): T | undefined => {
    const text = params.get(name)
    if (text === null || text === '') return undefined
    const value = parse(text)
    if (value === undefined) rejected.push(`${name}=${text.slice(0, MAX_NAME)}`)
    return value
  }
  const task = take('task', (text) => TASKS.find((one) => one === text)) ?? 'overview'
  const run = take('run', (text) => (RUN.test(text) ? text : undefined))
  const member = take('member', (text) => (MEMBER.test(text) ? text : undefined))
  const members = take('members', (text) => (MEMBERS.test(text) ? text.split(',') : undefined))
  const least = take('least', (text) => (BYTES.test(text) ? Number(text) : undefined))
  const from = take('from', parseSeconds)
  const to = take('to', parseSeconds)
  const isBackwards = from !== undefined && to !== undefined && from >= to
  if (isBackwards) rejected.push(`to=${to}`)
  const operation = take('operation', (text) => (OPERATION.test(text) ? text : undefined))
  const username = take('username', (text) => within(text, MAX_NAME))
  const q = take('q', (text) => within(text, MAX_TEXT))
  const success = take('success', parseFlag)
  const filter = {
    ...(operation !== undefined && { operation }),
    ...(username !== undefined && { username }),
    ...(q !== undefined && { q }),
    ...(success !== undefined && { success }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && !isBackwards && { to }),
  }
  return {
    view: {
      task,
      ...(run !== undefined && { run }),
      ...(member !== undefined && { member }),
      ...(members !== undefined && { members }),
      ...(least !== undefined && { least }),
      filter,
    },
    rejected,
  }
}

/** In fixed order and without defaults: equal views have equal URLs. `''` or `?…`. A filter is of the audit log alone. */
export function printOperationsUrl({
  task,
  run,
  member,
  members,
  least,
  filter = {},
}: Omit<OperationsView, 'filter'> & { readonly filter?: AuditFilter }): string {
  const params = new URLSearchParams()
  if (task !== 'overview') params.set('task', task)
  if (run !== undefined) params.set('run', run)
  if (member !== undefined) params.set('member', member)
  if (members !== undefined) params.set('members', members.join(','))
  if (least !== undefined) params.set('least', String(least))
  if (task === 'audit')
    for (const [name, value] of Object.entries(toQuery(filter)))
      if (value !== undefined) params.set(name, value)
  // a comma needs no escape in a query, and links are read by people
  return params.size === 0 ? '' : `?${params}`.replaceAll('%2C', ',')
}

export const operationsHref = (view: Parameters<typeof printOperationsUrl>[0]): string =>
  `/operations${printOperationsUrl(view)}`

/** As the API takes it. */
export const toQuery = ({ operation, username, q, success, from, to }: AuditFilter) => ({
  operation,
  username,
  q,
  success: success === undefined ? undefined : String(success),
  from: from === undefined ? undefined : String(from),
  to: to === undefined ? undefined : String(to),
})

const parseSeconds = (text: string): number | undefined => (SECONDS.test(text) ? Number(text) : undefined)
const within = (text: string, max: number): string | undefined => (text.length <= max ? text : undefined)

function parseFlag(text: string): boolean | undefined {
  if (text === 'true') return true
  return text === 'false' ? false : undefined
}
