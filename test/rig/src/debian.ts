import { execFile } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { cacheFolder } from './cache.ts'
import { findCommand } from './commands.ts'

const execute = promisify(execFile)
const COMMAND_TIMEOUT = 15 * 60_000
const LOCK_TIMEOUT_SECONDS = 300
const LOCK_RETRY = 2_000
const APT = ['-q', '-o', `DPkg::Lock::Timeout=${LOCK_TIMEOUT_SECONDS}`]

export const isRoot = (): boolean => process.getuid?.() === 0

export const hasApt = (): boolean =>
  findCommand('apt-get') !== undefined && findCommand('dpkg-deb') !== undefined

/**
 * Unpacks a Debian package to `<cache>/<name>`, without installing it: no service, no user, no root.
 * What it needs beside itself is not fetched.
 */
export async function unpackPackage(name: string): Promise<void> {
  const part = mkdtempSync(join(cacheFolder(), `${name}.part-`))
  try {
    await downloadPackage(name, part)
    await run('sh', ['-c', 'dpkg-deb -x ./*.deb tree'], part)
    rmSync(join(cacheFolder(), name), { recursive: true, force: true })
    renameSync(join(part, 'tree'), join(cacheFolder(), name))
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}

/** apt-get checks what it downloads against Debian's signed lists, which a fresh machine may not have yet. */
async function downloadPackage(name: string, folder: string): Promise<void> {
  try {
    await run('apt-get', [...APT, 'download', name], folder)
  } catch (error) {
    if (!isRoot()) throw error
    await run('apt-get', [...APT, 'update'], folder)
    await run('apt-get', [...APT, 'download', name], folder)
  }
}

/** policy-rc.d with exit code 101 keeps Debian from starting services; one that was there before stays. */
const WITHOUT_SERVICES = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' >"$policy"
  chmod 755 "$policy"
fi
"$@"
`

/** Installs a Debian package with what it depends on; root only. */
export async function installPackage(name: string): Promise<void> {
  await run('apt-get', [...APT, 'update'], '/')
  const install = ['apt-get', ...APT, 'install', '-y', '--no-install-recommends', name]
  await run('sh', ['-c', WITHOUT_SERVICES, 'sh', ...install], '/')
}

/** The lock timeout of apt-get covers dpkg's lock alone; for those of lists and archives it fails at once. */
async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const deadline = performance.now() + LOCK_TIMEOUT_SECONDS * 1_000
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
  for (;;) {
    try {
      await execute(command, args, { cwd, env, timeout: COMMAND_TIMEOUT, maxBuffer: 1 << 24 })
      return
    } catch (error) {
      const output = toOutput(error)
      if (!output.includes('Could not get lock') || performance.now() > deadline)
        throw new Error(`${command} failed: ${lastLine(output)}`, { cause: error })
      await sleep(LOCK_RETRY)
    }
  }
}

function toOutput(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string } // execFile adds both
  return `${stdout}${stderr}` || error.message
}

const lastLine = (output: string): string => output.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
