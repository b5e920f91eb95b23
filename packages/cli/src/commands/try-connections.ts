import { openConfiguredCluster } from '@etcdmonitor/adapters/etcd/open-configured-cluster'
import { findBucket } from '@etcdmonitor/adapters/influx/bucket-calls'
import { configuredAccess } from '@etcdmonitor/adapters/influx/configured-access'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { readTlsFiles } from '@etcdmonitor/adapters/node/tls-files'
import { tryPostgres } from '@etcdmonitor/adapters/postgres/try-postgres'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import { AppError } from '@etcdmonitor/core/errors'
import { stageName } from '@etcdmonitor/core/etcd/stage-name'
import { silentLog } from '@etcdmonitor/core/ports/log'

const WAIT = 10_000
const DAY = 86_400

/** What was tried, in one line for people. */
export interface Attempt {
  readonly isGood: boolean
  readonly line: string
}

/** Asks every etcd endpoint, and the stores that are servers; changes nothing anywhere. */
export async function tryConnections(config: Config): Promise<readonly Attempt[]> {
  const attempts = [tryEndpoints(config), tryMetrics(config), tryState(config)]
  return (await Promise.all(attempts)).flat()
}

async function tryEndpoints(config: Config): Promise<readonly Attempt[]> {
  const surroundings = { tlsFiles: readTlsFiles(config.etcd), interval: WAIT, clock, log: silentLog }
  await using cluster = openConfiguredCluster(config, surroundings)
  return await Promise.all(
    config.etcd.endpoint.map(async (url) => {
      const last = (await cluster.diagnose(url)).at(-1)
      const isGood = last?.ok === true
      return {
        isGood,
        line: isGood
          ? `${url}: answers`
          : `${url}: ${last && stageName({ stage: last.stage, endpoint: url })}: ${last?.detail}`,
      }
    }),
  )
}

function tryMetrics(config: Config): Promise<readonly Attempt[]> {
  const access = configuredAccess(config)
  if (!access) return Promise.resolve([])
  const place = `${access.url}, bucket ${access.bucket}`
  return attempt(place, async () => {
    const found = await findBucket(access, new AbortController().signal)
    if (!found) return { isGood: false, line: `${place}: does not exist, or the token may not see it` }
    const days = found.retentionSeconds / DAY
    return { isGood: true, line: `${place}: keeps samples ${days === 0 ? 'for ever' : `for ${days} days`}` }
  })
}

function tryState({ 'storage.state': { url } }: Config): Promise<readonly Attempt[]> {
  if (!url) return Promise.resolve([])
  return attempt('storage.state', async () => {
    await tryPostgres(url)
    return { isGood: true, line: 'storage.state: PostgreSQL answers' }
  })
}

async function attempt(place: string, work: () => Promise<Attempt>): Promise<readonly Attempt[]> {
  try {
    return [await work()]
  } catch (error) {
    if (error instanceof AppError) return [{ isGood: false, line: `${place}: ${error.message}` }]
    throw error
  }
}
