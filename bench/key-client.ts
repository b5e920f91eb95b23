import { openEtcdCluster } from '@etcdmonitor/adapters/etcd/etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'

/** The client that the console uses, without the console. */
export const openKeyClient = (url: string) =>
  openEtcdCluster({
    endpoints: [url],
    username: '',
    metricsPath: '/metrics',
    metricsEndpoint: '',
    memberAllowCidrs: [],
    interval: 30_000,
    clock: systemClock,
    log: createLog('error', { process: 'bench' }),
  })
