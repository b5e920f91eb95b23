import { expect, it } from 'vitest'
import { CONFIG_SCHEMA } from './config-schema.ts'
import { shownConfig } from './shown-config.ts'

it('D11 shows the keys of the list as they hold, and nothing else of the configuration', () => {
  const config = CONFIG_SCHEMA.parse({
    etcd: { endpoint: 'http://canary.example:2379', username: 'canary' },
    server: { listen: 'canary.example:9090', allowed_hosts: ['canary.example'] },
    collector: {},
    storage: { data_dir: '/canary' },
    'storage.metrics': { driver: 'influxdb', url: 'http://canary', token: 'canary' },
    'storage.state': { driver: 'postgres', url: 'postgres://canary' },
    ops: {},
    auth: { secret_file: '/canary/secret', lockout_threshold: 7 },
    kv_manager: {},
    log: { level: 'warn' },
  })
  const shown = shownConfig(config)
  expect(shown).toMatchObject({
    'collector.interval': 30,
    'ops.audit_retention_days': 90,
    'auth.lockout_threshold': 7,
    'auth.lockout_duration_seconds': 900,
    'auth.min_password_length': 8,
    'server.session_timeout': 3_600,
    'log.level': 'warn',
  })
  expect(
    Object.keys(shown).filter((path) => /^(etcd|server\.[^s]|storage\.d|auth\.(sec|ini|login))/.test(path)),
  ).toEqual([])
  expect(JSON.stringify(shown)).not.toContain('canary')
})
