/** 2020-01-01 UTC: keys of head rows count from here, so that they stay exact integers below 2^53 (storage.md 5.4). */
const EPOCH = 1_577_836_800_000
const INSTANTS = 2 ** 40
const MEMBERS = 8_192

/** Members of a file are numbered from 1 to this. */
export const MAX_MEMBER = MEMBERS - 1

/** Whether a tick at this instant has a key: 2020-01-01 to 2054-11-03. An earlier one means that the clock is not set. */
export const hasKey = (at: number): boolean => Number.isInteger(at) && at >= EPOCH && at < EPOCH + INSTANTS

/** Time comes first: a tick touches the right edge of one tree. */
export const headId = (at: number, member: number): number => (at - EPOCH) * MEMBERS + member

/** No row at or after `at` has a smaller id, none before it a larger one; any instant will do. */
export const firstHeadId = (at: number): number =>
  Math.min(Math.max(Math.ceil(at) - EPOCH, 0), INSTANTS) * MEMBERS

export const atOf = (id: number): number => Math.floor(id / MEMBERS) + EPOCH

export const memberOf = (id: number): number => id % MEMBERS

/** What is sealed together, ms. */
export const WINDOW = 7_200_000
/** What shares a row of rollups, ms. */
export const DAY = 86_400_000
const SERIES = 16_777_216

export const windowOf = (at: number): number => Math.floor(at / WINDOW)

export const dayOf = (at: number): number => Math.floor(at / DAY)

export const windowId = (window: number, member: number): number => window * MEMBERS + member

export const chunkId = (window: number, series: number): number => window * SERIES + series

/** Of `r5` and `r30`. */
export const rollupId = (day: number, series: number): number => day * SERIES + series
