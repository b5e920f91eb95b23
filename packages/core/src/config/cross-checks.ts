import type { Config } from './config-schema.ts'
import { schemeOf } from './endpoints.ts'

interface CrossCheck {
  /** Checked only while each of them is right by itself. */
  readonly paths: readonly string[]
  /** What is wrong, or undefined. */
  readonly judge: (config: Config) => string | undefined
}

const CHECKS: readonly CrossCheck[] = [
  {
    paths: ['etcd.username', 'etcd.password', 'etcd.password_file'],
    judge: ({ etcd: { username, password } }) => {
      if (username !== '' && password === undefined)
        return 'is set without etcd.password; wanted both or neither'
      if (username === '' && password !== undefined)
        return 'is empty beside etcd.password; wanted both or neither'
      return undefined
    },
  },
  {
    paths: ['etcd.tls_enable', 'etcd.endpoint'],
    judge: ({ etcd: { tls_enable, endpoint } }) => {
      const scheme = schemeOf(endpoint[0] ?? '')
      if (tls_enable === (scheme === 'https')) return undefined
      return `is ${tls_enable} but etcd.endpoint says ${scheme}; wanted true with https, false with http`
    },
  },
  {
    paths: ['etcd.tls_cert', 'etcd.tls_key'],
    judge: ({ etcd: { tls_cert, tls_key } }) =>
      (tls_cert === '') === (tls_key === '')
        ? undefined
        : `is ${tls_cert === '' ? 'empty beside' : 'set without'} etcd.tls_key; wanted both or neither`,
  },
  {
    paths: ['server.tls_enable', 'server.tls_cert', 'server.tls_key'],
    judge: ({ server: { tls_enable, tls_cert, tls_key } }) => {
      const isWhole = tls_cert !== '' && tls_key !== ''
      if (tls_enable && !isWhole) return 'is true; wanted server.tls_cert and server.tls_key with it'
      if (!tls_enable && (tls_cert !== '' || tls_key !== ''))
        return 'is false beside server.tls_cert or server.tls_key; wanted true, or none of them'
      return undefined
    },
  },
  {
    paths: ['etcd.metrics_endpoint', 'etcd.endpoint'],
    judge: ({ etcd: { metrics_endpoint, endpoint } }) =>
      typeof metrics_endpoint === 'string' || metrics_endpoint.length === endpoint.length
        ? undefined
        : `has ${metrics_endpoint.length} URLs for ${endpoint.length} of etcd.endpoint; wanted one for each, in the same order`,
  },
  ...(['url', 'org', 'bucket', 'token'] as const).map((name): CrossCheck => {
    const path = `storage.metrics.${name}`
    return {
      paths: [path, ...(name === 'token' ? [`${path}_file`] : []), 'storage.metrics.driver'],
      judge({ 'storage.metrics': metrics }) {
        const isSet = (metrics[name] ?? '') !== ''
        if (metrics.driver === 'influxdb' && !isSet)
          return 'is missing; wanted with storage.metrics.driver influxdb'
        if (metrics.driver === 'sqlite' && isSet)
          return 'is set beside storage.metrics.driver sqlite; wanted the driver influxdb, or nothing'
        return undefined
      },
    }
  }),
  {
    paths: ['storage.state.url', 'storage.state.url_file', 'storage.state.driver'],
    judge: ({ 'storage.state': { driver, url } }) => {
      if (driver === 'postgres' && url === undefined)
        return 'is missing; wanted with storage.state.driver postgres'
      if (driver === 'sqlite' && url !== undefined)
        return 'is set beside storage.state.driver sqlite; wanted the driver postgres, or no URL'
      return undefined
    },
  },
  {
    paths: ['auth.secret_file', 'storage.state.driver'],
    judge: ({ auth, 'storage.state': { driver } }) =>
      driver === 'postgres' && auth.secret_file === ''
        ? 'is missing; wanted with storage.state.driver postgres: a file that is the same on every host'
        : undefined,
  },
  {
    paths: ['collector.timeout', 'collector.interval'],
    judge: ({ collector: { timeout, interval } }) =>
      timeout <= interval
        ? undefined
        : `is ${timeout} s, more than collector.interval (${interval} s); wanted at most that, or 0`,
  },
  {
    paths: ['collector.listen', 'server.listen'],
    judge: ({ collector, server }) =>
      collector.listen && collector.listen.port === server.listen.port && server.listen.port !== 0
        ? `has the port ${server.listen.port} of server.listen; wanted another one`
        : undefined,
  },
]

/** One line for each rule across keys that does not hold, led by the first key of the rule. */
export const crossCheck = (config: Config, wrong: ReadonlySet<string>): readonly string[] =>
  CHECKS.filter(({ paths }) => !paths.some((path) => wrong.has(path))).flatMap(({ paths, judge }) => {
    const fault = judge(config)
    return fault === undefined ? [] : [`${paths[0]}: ${fault}`]
  })
