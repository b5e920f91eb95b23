import { gauge, inSection } from './entries.ts'

/** The scrape itself. */
export const COLLECTION = inSection('collection', [
  gauge('collector_up', 'collector_up', 'The metrics scrape of this member succeeded.', {
    agg: 'min',
    charts: ['chartScrapeHealth'],
    thresholds: [
      {
        scope: 'member',
        op: '==',
        window_s: 0,
        notice: { value: 0, for_s: 120 },
        warning: { value: 0, for_s: 1200 },
        critical: null,
        mixin: [{ alert: 'etcdMembersDown', value: 0, for_s: 1200, severity: 'warning' }],
        condition: '',
        why: 'one lost member is not yet a quorum problem',
      },
      {
        scope: 'cluster',
        op: '<',
        window_s: 0,
        notice: null,
        warning: null,
        critical: { value: 'quorum', for_s: 180 },
        mixin: [{ alert: 'etcdInsufficientMembers', value: '(n + 1) / 2', for_s: 180, severity: 'critical' }],
        condition: 'counts voters with collector_up or status_up 1; quorum = floor(voters / 2) + 1',
        why: 'without quorum the cluster accepts no writes',
      },
    ],
  }),
  gauge('scrape_duration_seconds', 'scrape_duration_seconds', 'Duration of the metrics scrape.', {
    agg: 'max',
    charts: ['chartScrapeHealth'],
    origin: 'new',
    thresholds: [
      {
        scope: 'member',
        op: '>',
        window_s: 0,
        notice: { value: 'deadline / 2', for_s: 300 },
        warning: null,
        critical: null,
        mixin: null,
        condition: '',
        why: '',
      },
    ],
  }),
  gauge('scrape_samples', 'scrape_samples', 'Samples on the metrics page.', { agg: 'last', origin: 'new' }),
  gauge('scrape_body_bytes', 'scrape_body_bytes', 'Size of the metrics page after decoding.', {
    agg: 'last',
    origin: 'new',
  }),
  gauge('scrape_interval_seconds', 'scrape_interval_seconds', 'Scrape interval in force.', {
    agg: 'last',
    origin: 'new',
  }),
  gauge('status_up', 'status_up', 'The Status call of this member succeeded.', {
    agg: 'min',
    charts: ['chartScrapeHealth'],
    origin: 'new',
    thresholds: [
      {
        scope: 'member',
        op: '==',
        window_s: 0,
        notice: { value: 0, for_s: 300 },
        warning: null,
        critical: null,
        mixin: null,
        condition: '',
        why: 'no live status: no raft indexes, no alarms',
      },
    ],
  }),
  gauge('status_duration_seconds', 'status_duration_seconds', 'Duration of the Status call.', {
    agg: 'max',
    charts: ['chartScrapeHealth'],
    origin: 'new',
  }),
])
