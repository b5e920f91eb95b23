import { computed, counter, histogram, inSection, rate } from './entries.ts'

/** The method with the most calls but `rank`, and a name that the reference had for it. */
const rankOf = (rank: number) => [
  computed({
    name: `grpc_method_${rank}_count`,
    unit: 'count',
    kind: 'counter',
    source: ['grpc_handled'],
    derivation: `top(${rank}, grpc_handled by method)`,
    params: { rank },
    help: `Completed calls of the method of rank ${rank} (0 = most calls) at the end of the window.`,
    agg: 'last',
    aggs: ['last'],
    origin: 'reference',
  }),
  computed({
    name: `grpc_method_${rank}_name`,
    unit: 'count',
    kind: 'constant',
    source: [],
    derivation: 'constant(0)',
    params: { value: 0 },
    help: `Placeholder, always 0; current values only, no history. The name is the label \`method\` of \`grpc_method_${rank}_count\`.`,
    agg: 'last',
    aggs: ['last'],
    origin: 'reference',
  }),
]

/** gRPC calls. */
export const GRPC = inSection('grpc', [
  counter('grpc_server_started_total', 'grpc_started', 'gRPC calls started.'),
  rate('grpc_server_started_total_rate', 'grpc_started', 'gRPC calls started per second.', {
    charts: ['chartGRPC'],
  }),
  rate('grpc_server_started_rate_by_method', 'grpc_started', 'Started calls per second of one method.', {
    by: 'method',
    origin: 'new',
  }),
  counter('grpc_server_handled_total', 'grpc_handled', 'gRPC calls completed, any result.'),
  rate('grpc_server_handled_total_rate', 'grpc_handled', 'gRPC calls completed per second.', {
    charts: ['chartGRPC'],
  }),
  counter('grpc_server_handled_ok_total', 'grpc_handled', 'gRPC calls completed with code OK.', {
    where: { class: ['ok'] },
  }),
  rate(
    'grpc_server_handled_ok_total_rate',
    'grpc_handled',
    'gRPC calls completed with code OK, per second.',
    { where: { class: ['ok'] }, charts: ['chartGRPC'] },
  ),
  counter('grpc_server_handled_error_total', 'grpc_handled', 'gRPC calls completed with any code but OK.', {
    where: { class: ['failed', 'other'] },
    derivation: 'counter(grpc_handled{class!="ok"})',
  }),
  rate(
    'grpc_server_handled_error_total_rate',
    'grpc_handled',
    'gRPC calls completed with any code but OK, per second.',
    {
      where: { class: ['failed', 'other'] },
      charts: ['chartGRPC'],
      derivation: 'rate(grpc_handled{class!="ok"})',
    },
  ),
  Array.from({ length: 10 }, (_, rank) => rankOf(rank)).flat(),
  counter(
    'grpc_server_handled_failed_total',
    'grpc_handled',
    'gRPC calls completed with a server-side failure code.',
    { where: { class: ['failed'] }, origin: 'new' },
  ),
  rate(
    'grpc_server_handled_failed_total_rate',
    'grpc_handled',
    'gRPC calls completed with a server-side failure code, per second.',
    { where: { class: ['failed'] }, charts: ['chartGRPCFailures'], origin: 'new' },
  ),
  computed({
    name: 'grpc_server_failed_ratio',
    unit: 'ratio',
    kind: 'ratio',
    source: ['grpc_handled'],
    derivation: 'increase(grpc_handled{class="failed"}) / increase(grpc_handled)',
    params: { op: 'increase_ratio', where: { class: ['failed'] } },
    help: 'Share of completed calls with a server-side failure code; null when no call completed.',
    charts: ['chartGRPCFailures'],
  }),
  computed({
    name: 'grpc_server_failed_ratio_by_method',
    unit: 'ratio',
    kind: 'ratio',
    source: ['grpc_handled'],
    derivation: 'increase(grpc_handled{class="failed"} by method) / increase(grpc_handled by method)',
    params: { op: 'increase_ratio', where: { class: ['failed'] }, by: 'method' },
    help: 'As grpc_server_failed_ratio, for one method.',
    thresholds: [
      {
        scope: 'method',
        op: '>',
        window_s: 300,
        notice: null,
        warning: { value: 0.01, for_s: 600 },
        critical: { value: 0.05, for_s: 300 },
        mixin: [
          { alert: 'etcdHighNumberOfFailedGRPCRequests', value: 0.01, for_s: 600, severity: 'warning' },
          { alert: 'etcdHighNumberOfFailedGRPCRequests', value: 0.05, for_s: 300, severity: 'critical' },
        ],
        condition: 'at least 20 completed calls in the window',
        why: '',
      },
    ],
  }),
  rate('grpc_server_handled_rate_by_method', 'grpc_handled', 'Completed calls per second of one method.', {
    by: 'method',
    charts: ['chartGRPCMethods'],
    origin: 'new',
  }),
  rate(
    'grpc_server_handled_failed_rate_by_method',
    'grpc_handled',
    'Calls of one method with a server-side failure code, per second.',
    { where: { class: ['failed'] }, by: 'method', origin: 'new' },
  ),
  counter('grpc_server_msg_received_total', 'grpc_msg_received', 'gRPC messages received.'),
  rate('grpc_server_msg_received_total_rate', 'grpc_msg_received', 'gRPC messages received per second.', {
    charts: ['chartActivePeersGRPC'],
  }),
  counter('grpc_server_msg_sent_total', 'grpc_msg_sent', 'gRPC messages sent.'),
  rate('grpc_server_msg_sent_total_rate', 'grpc_msg_sent', 'gRPC messages sent per second.', {
    charts: ['chartActivePeersGRPC'],
  }),
  histogram(
    'grpc_server_handling_seconds',
    'grpc_handling',
    'Handling of unary calls but Defragment (only with extensive metrics)',
    {
      origin: 'new',
      charts: { p50: ['chartGRPCLatency'], p90: ['chartGRPCLatency'], p99: ['chartGRPCLatency'] },
      thresholds: [
        {
          scope: 'member',
          op: '>',
          window_s: 300,
          notice: { value: 0.05, for_s: 600 },
          warning: { value: 0.1, for_s: 600 },
          critical: { value: 0.15, for_s: 600 },
          mixin: [{ alert: 'etcdGRPCRequestsSlow', value: 0.15, for_s: 600, severity: 'critical' }],
          condition: '',
          why: 'null without extensive metrics: "not available", never "OK"',
        },
      ],
    },
  ),
  computed({
    name: 'grpc_server_active_watch_streams',
    unit: 'count',
    kind: 'lag',
    source: ['grpc_started', 'grpc_handled'],
    derivation: 'max(0, grpc_started{method="Watch"} - grpc_handled{method="Watch"})',
    params: { op: 'difference', where: { method: 'Watch' } },
    help: 'Open watch streams (started less completed).',
    charts: ['chartActiveStreams'],
  }),
  computed({
    name: 'grpc_server_active_lease_streams',
    unit: 'count',
    kind: 'lag',
    source: ['grpc_started', 'grpc_handled'],
    derivation: 'max(0, grpc_started{method="LeaseKeepAlive"} - grpc_handled{method="LeaseKeepAlive"})',
    params: { op: 'difference', where: { method: 'LeaseKeepAlive' } },
    help: 'Open lease keep-alive streams (started less completed).',
    charts: ['chartActiveStreams'],
  }),
])
