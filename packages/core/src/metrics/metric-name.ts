const QUANTILE = /_p\d\d(_|$)/
const MEAN = /_mean$/
const INCREASE = /_increase$|^process_restarts$/
const SUMMARY = /^go_gc_duration_seconds_q/
const NEWEST_ONLY = /^etcd_mvcc_current_revision$|_growth_bytes_per_hour$/
const DIFFERENCE = /_(rate|increase|percent|restarts|failed_ratio|growth_bytes_per_hour)(_by_|$)/

/** What a name tells of its metric without the catalogue, which is too large to wait for before the first chart. */
export const isQuantile = (metric: string): boolean => QUANTILE.test(metric)

/** Quantiles and means rest on so many observations; other values rest on none. */
export const hasObservations = (metric: string): boolean => QUANTILE.test(metric) || MEAN.test(metric)

/** It is made of differences between scrapes: the first one gives no value. */
export const needsTwoScrapes = (metric: string): boolean => hasObservations(metric) || DIFFERENCE.test(metric)

/** Counted per slot: what sums up a window is its total. */
export const isIncrease = (metric: string): boolean => INCREASE.test(metric)

/** The API answers an aggregate that a metric does not have with its default: beside others that reads like one (metrics.md 3.10). */
export const hasAverage = (metric: string): boolean => hasExtremes(metric) && !SUMMARY.test(metric)
export const hasExtremes = (metric: string): boolean => !NEWEST_ONLY.test(metric)

/** The value of the one label of a labelled key (metrics.md 3.12): `7` of `rtt{peer="7"}`. */
export const labelOf = (key: string): string | undefined => /="([^"]*)"\}$/.exec(key)?.[1]
