import { existsSync } from 'node:fs'
import { type FirstStartFiles, firstStartFiles } from '@etcdmonitor/adapters/node/first-start-files'
import { loadConfig } from '@etcdmonitor/adapters/node/load-config'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { openSecretFile } from '@etcdmonitor/adapters/node/secret-file'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import { StartRefused } from '@etcdmonitor/core/errors'
import { EXIT } from '../exit-codes.ts'
import { tryConnections } from './try-connections.ts'

export interface CheckOptions {
  readonly config?: string | undefined
  readonly connect: boolean
}

/**
 * Judges the configuration and the files that it names as a start would, and writes nothing; `connect`: asks the servers that it names, too.
 * @throws StartRefused
 */
export async function checkConfig({ config: file, connect }: CheckOptions): Promise<number> {
  const { config, warnings } = loadConfig({ file, env: process.env })
  for (const warning of warnings) console.error(`warning: ${warning}`)
  await checkFiles(config)
  console.log('the configuration is valid')
  if (!connect) return EXIT.done
  const attempts = await tryConnections(config)
  for (const { line } of attempts) console.log(line)
  return attempts.every(({ isGood }) => isGood) ? EXIT.done : EXIT.failed
}

async function checkFiles({ auth, storage, 'storage.state': { driver } }: Config): Promise<void> {
  const isShared = driver === 'postgres'
  const isOurs = auth.secret_file === `${storage.data_dir}/secret`
  const first = firstStartFiles(storage.data_dir, { configured: auth.initial_admin_password_file, random })
  const checks = [
    // one that is missing is made by the first start
    async () =>
      (isShared || existsSync(auth.secret_file)) &&
      openSecretFile({ file: auth.secret_file, isOurs, isShared, random }),
    async () => isShared || first.isInitialized() || first.readConfiguredPassword(), // later starts do not read it
  ]
  if (isShared) warnOfPassword(first)
  const failures = (await Promise.allSettled(checks.map((check) => check()))).flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  )
  const problems = failures.flatMap((failure) => {
    if (failure instanceof StartRefused) return failure.problems
    throw failure
  })
  if (problems.length > 0) throw new StartRefused(problems)
}

/** Whether a shared store has an account is not known here: then a start does not read the file, which may have been taken away. */
function warnOfPassword({ readConfiguredPassword }: Pick<FirstStartFiles, 'readConfiguredPassword'>): void {
  try {
    readConfiguredPassword()
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
    for (const problem of error.problems)
      console.error(`warning: ${problem}; needed while the state store has no account`)
  }
}
