import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openPlantedTree, REPOSITORY } from './setup/planted-tree.ts'

describe('tally reporter', () => {
  it('counts errors outside tests and modules without tests as failed', () => {
    using tree = openPlantedTree('scripts/tally-reporter.ts')
    tree.link('node_modules', join(REPOSITORY, 'node_modules'))
    tree.plant(
      'vitest.config.mjs',
      "export default { test: { reporters: ['./scripts/tally-reporter.ts'], cache: false } }",
    )
    const suite = (text: string) => `import { beforeAll, it } from 'vitest'\n${text}`
    tree.plant('passed.test.ts', suite("it('a', () => {}); it('b', () => {})"))
    tree.plant('skipped.test.ts', suite("it('a', ({ skip }) => skip('no server')); it.skip('b', () => {})"))
    tree.plant('failed.test.ts', suite("it('a', () => { throw new Error('x') })"))
    tree.plant('module.test.ts', "throw new Error('x')")
    tree.plant('hook.test.ts', suite("beforeAll(() => { throw new Error('x') }); it('a', () => {})"))
    tree.plant('late.test.ts', suite("it('a', () => { void Promise.reject(new Error('x')) })"))
    tree.plant(
      'again.test.ts',
      suite("let tries = 0; it('a', { retry: 1 }, () => { if ((tries += 1) === 1) throw new Error('x') })"),
    )
    const { status, output } = tree.run('vitest', ['run'])
    expect(output.trim().split('\n').slice(-3)).toEqual([
      '1 skipped: no server',
      'passed when tried again: again.test.ts > a',
      '4 passed, 4 failed, 3 skipped',
    ])
    expect(status).toBe(1)
  })
})

describe('run-tests', () => {
  const SCRIPT = join(REPOSITORY, 'scripts/run-tests.ts')
  const FAKE = `#!/bin/sh
echo "suite=$TEST_SUITE seed=$TEST_SEED"
printf '[%s]\\n' "$@"
exit 3
`

  /** With a program in the place of vitest; every server there is, but for those that `env` takes away. */
  function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    using tree = openPlantedTree()
    tree.plant('bin/vitest', FAKE)
    tree.run('chmod', ['755', 'bin/vitest'])
    const servers = ['ETCD', 'ETCDCTL', 'POSTGRES', 'INFLUXD', 'CHROMIUM', 'NGINX'].map((server) => [
      `ETCDMONITOR_TEST_${server}`,
      process.execPath,
    ])
    return tree.run('sh', ['-c', 'PATH="$PWD/bin:$PATH" exec node "$@"', 'sh', SCRIPT, ...args], {
      CI: '',
      ...Object.fromEntries(servers),
      ...env,
    })
  }

  it('hands suite, seed, row and names of files on, and its exit code back', () => {
    const { status, output } = run(['--full', '--seed', '7', '--row', 'F7', 'rig'])
    expect(output).toBe('suite full, seed 7\nsuite=full seed=7\n[run]\n[rig]\n[-t]\n[\\bF7\\b]\n')
    expect(status).toBe(3)
  })

  it('draws a seed when none is given, and prints it', () => {
    expect(run([]).output).toMatch(/^suite quick, seed (\d+)\nsuite=quick seed=\1\n\[run\]\n$/)
  })

  it('runs without Chromium, and says so', () => {
    const { output } = run([], { ETCDMONITOR_TEST_CHROMIUM: '/absent' })
    expect(output).toContain('chromium: ETCDMONITOR_TEST_CHROMIUM names /absent')
    expect(output).toContain('[--project]\n[!browser]\n')
  })

  it('does not run in CI when a server is missing', () => {
    const { status, output } = run([], { ETCDMONITOR_TEST_ETCD: '/absent', CI: 'true' })
    expect(output).not.toContain('[run]')
    expect(status).toBe(1)
  })
})
