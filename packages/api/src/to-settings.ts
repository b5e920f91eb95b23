import type { Config } from '@etcdmonitor/core/config/config-schema'
import { shownConfig } from '@etcdmonitor/core/config/shown-config'
import { PRODUCT_VERSION } from '@etcdmonitor/core/version'
import type { ApiSettings } from './deps.ts'

/** What the API takes of the configuration, and of the process that it runs in. */
export function toSettings(
  config: Config,
  { hostName, nodeVersion }: Pick<ApiSettings, 'hostName' | 'nodeVersion'>,
): ApiSettings {
  const { etcd, server, collector, storage, auth, kv_manager: kv } = config
  return {
    endpoints: etcd.endpoint,
    interval: collector.interval * 1_000,
    retentionDays: storage.retention_days,
    isTlsUnverified: etcd.tls_insecure_skip_verify,
    trustedProxies: server.trusted_proxies,
    isTls: server.tls_enable,
    allowedHosts: server.allowed_hosts.map((host) => host.toLowerCase()),
    sessionTimeoutSeconds: server.session_timeout,
    minPasswordLength: auth.min_password_length,
    lockout: { threshold: auth.lockout_threshold, durationSeconds: auth.lockout_duration_seconds },
    loginRatePerMinute: auth.login_rate_per_minute,
    metricsDriver: config['storage.metrics'].driver,
    stateDriver: config['storage.state'].driver,
    appVersion: PRODUCT_VERSION,
    nodeVersion,
    isDebugOn: server.debug_endpoint,
    isOpsOn: config.ops.ops_enable,
    auditMaxRows: config.ops.audit_max_rows,
    shownConfig: shownConfig(config),
    kv: {
      separator: kv.separator,
      requestTimeout: kv.request_timeout * 1_000,
      maxValueBytes: kv.max_value_size,
      maxKeys: kv.max_keys,
      isReadOnly: kv.read_only,
    },
    hostName,
  }
}
