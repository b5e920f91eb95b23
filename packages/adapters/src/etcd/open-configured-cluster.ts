import type { Config } from '@etcdmonitor/core/config/config-schema'
import { PRODUCT_VERSION } from '@etcdmonitor/core/version'
import type { TlsMaterial } from './connection/tls-material.ts'
import { type EtcdClient, type EtcdClientOptions, openEtcdCluster } from './etcd-cluster.ts'

interface Surroundings extends Pick<EtcdClientOptions, 'interval' | 'clock' | 'log'> {
  /** What the files of `etcd.tls_*` hold. */
  readonly tlsFiles: TlsMaterial
}

/** The cluster of the configuration. Connects to nothing until it is asked something. */
export function openConfiguredCluster(
  { etcd }: Pick<Config, 'etcd'>,
  { tlsFiles, ...options }: Surroundings,
): EtcdClient {
  const tls = {
    ...tlsFiles,
    serverName: etcd.tls_server_name,
    insecureSkipVerify: etcd.tls_insecure_skip_verify,
  }
  return openEtcdCluster({
    ...options,
    endpoints: etcd.endpoint,
    username: etcd.username,
    password: etcd.password,
    tls: etcd.tls_enable ? tls : undefined,
    metricsPath: etcd.metrics_path,
    metricsEndpoint: etcd.metrics_endpoint,
    memberAllowCidrs: etcd.member_allow_cidrs,
    version: PRODUCT_VERSION,
  })
}
