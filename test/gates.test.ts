import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openPlantedTree, type PlantedTree, REPOSITORY } from './setup/planted-tree.ts'

describe('lint', () => {
  const RANDOM = 'Take randomness as an argument.'
  const DEADLINE = 'Every fetch has a deadline: pass a signal.'
  const REDIRECT = "No fetch follows a redirect: pass redirect: 'error'."
  const MARKUP = 'Text nodes only: no markup from strings.'
  const CODE = 'No code from strings.'
  const QUERY = 'Values are parameters of a query, never part of its text.'
  const HEADERS = 'Headers go through c.header, with checked text.'
  const QUANTIFIERS = 'Nested quantifiers take exponential time.'
  const PATIENCE = 'vi.waitFor gives up after a second: await expect.poll.'
  const EXIT = 'Set process.exitCode and let the event loop drain; only the watchdog exits.'

  const FAULTS: readonly (readonly [fault: string, finding: string])[] = [
    ['export const one = Math.random()', RANDOM],
    ["export const one = fetch('/')", DEADLINE],
    ["export const one = fetch('/', { redirect: 'error' })", DEADLINE],
    ["export const one = fetch('/', { signal: AbortSignal.timeout(1) })", REDIRECT],
    ['document.body.innerHTML = location.hash', MARKUP],
    ['document.body.outerHTML = location.hash', MARKUP],
    ['export const one = document.body.innerHTML', MARKUP],
    ["document.body.insertAdjacentHTML('beforeend', location.hash)", MARKUP],
    ['document.write(location.hash)', MARKUP],
    ['new HTMLIFrameElement().srcdoc = location.hash', MARKUP],
    ['export const One = (text: string) => <p innerHTML={text} />', MARKUP],
    ['export const one = new Function(location.hash)', CODE],
    ['eval(location.hash)', CODE],
    ['export const one = (sql: { raw(text: string): void }) => sql.raw(location.hash)', QUERY],
    ['export const one = (c: Context) => c.body(null, 200, { name: location.hash })', HEADERS],
    ['export const one = /(a+)+$/', QUANTIFIERS],
    ['export const one = /(?:[a-z]*)*$/', QUANTIFIERS],
    ['await vi.waitFor(() => expect(1).toBe(1))', PATIENCE],
    ['process.exit(1)', EXIT],
    ["console.log('one')", 'lint/suspicious/noConsole'],
    ['export const one = process.env.ONE', 'lint/style/noProcessEnv'],
    ['export default 1', 'lint/style/noDefaultExport'],
    ["import { one } from './clean'\nexport const two = one", 'lint/correctness/useImportExtensions'],
    ["import one from 'undeclared'\nexport const two = one", 'lint/correctness/noUndeclaredDependencies'],
  ]
  const CLEAN = `export const one = fetch('/', { signal: AbortSignal.timeout(1), redirect: 'error' })
export const two = (c: Context) => c.body(null, 200)
export const three = /^(?:\\d+\\.)+(?:a[^b]*)*$/
export const four = (element: Element, text: string) => { element.textContent = text }
`

  it('finds every planted fault, and nothing in clean code', () => {
    using tree = openPlantedTree('biome.json', '.gitignore', 'scripts/gates.grit')
    tree.plant('packages/core/package.json', '{ "name": "@etcdmonitor/core", "private": true }')
    tree.plant('packages/core/src/clean.ts', CLEAN)
    const files = FAULTS.map(([fault], index) => {
      const file = `packages/core/src/fault-${index}.${fault.includes('/>') ? 'tsx' : 'ts'}`
      tree.plant(file, fault)
      return file
    })
    const found = lint(tree)
    expect(files.map((file) => found.get(file) ?? [])).toEqual(
      FAULTS.map(([, finding]) => expect.arrayContaining([finding])),
    )
    expect(found.get('packages/core/src/clean.ts')).toBeUndefined()
  })

  /** File => messages of the own gates and names of Biome's rules. */
  function lint(tree: PlantedTree): Map<string, string[]> {
    const { output } = tree.run('biome', ['lint', '--reporter=json', '--max-diagnostics=none', '.'])
    const json = output.slice(output.indexOf('{"summary"'), output.lastIndexOf('}') + 1)
    const found = new Map<string, string[]>()
    for (const { category, message, location } of (JSON.parse(json) as Report).diagnostics) {
      const finding = category === 'plugin' ? message : category
      found.set(location.path, [...(found.get(location.path) ?? []), finding])
    }
    return found
  }

  interface Report {
    readonly diagnostics: readonly {
      readonly category: string
      readonly message: string
      readonly location: { readonly path: string }
    }[]
  }
})

describe('types lint', () => {
  it.each([
    ['no-floating-promises', 'export function one() { Promise.resolve() }'],
    ['await-thenable', 'export const one = async () => { await 1 }'],
    ['no-misused-promises', 'export const one = [1].filter(async () => true)'],
    [
      'switch-exhaustiveness-check',
      "export function one(a: 'x' | 'y') { switch (a) { case 'x': return 1 } return 2 }",
    ],
  ])('finds %s', (rule, fault) => {
    using tree = openPlantedTree('.oxlintrc.json')
    tree.plant('tsconfig.json', '{ "compilerOptions": { "strict": true, "target": "es2024" } }')
    tree.plant('one.ts', fault)
    const { status, output } = tree.run('oxlint', ['--type-aware', '--deny-warnings', '.'])
    expect(output).toContain(rule)
    expect(status).not.toBe(0)
  })
})

describe('boundaries', () => {
  const CHECK = join(REPOSITORY, 'scripts/check-boundaries.ts')
  const DRIVERS = [
    '@grpc/grpc-js',
    'etcd3',
    '@influxdata/influxdb-client',
    '@node-rs/argon2',
    'jose',
    'kysely',
    'pg',
    'zod',
  ]
  const PACKAGES = ['adapters', 'api', 'cli', 'collector', 'core', 'ui']

  /** Files that every rule looks at, each with imports that are allowed. */
  const CLEAN = {
    'core/src/errors.ts': "import { z } from 'zod'\nexport const errors = z",
    'adapters/src/etcd/client.ts': "import { one } from 'etcd3'\nexport { one }",
    'adapters/src/sql/rows.ts': "import { one } from 'kysely'\nexport { one }",
    'adapters/src/sqlite/state.ts': "import { one } from '../sql/rows.ts'\nexport { one }",
    'adapters/src/sqlite/state.test.ts':
      "import { one } from '../etcd/client.ts'\nimport '@etcdmonitor/rig/one'\nexport { one }",
    'api/src/app.ts': "import type { errors } from '@etcdmonitor/core/errors'\nexport type E = typeof errors",
    'api/src/node.ts':
      "import { one } from '@etcdmonitor/adapters/sqlite/state'\nimport 'node:fs'\nexport { one }",
    'collector/src/loop.ts': "import { errors } from '@etcdmonitor/core/errors'\nexport { errors }",
    'collector/src/main.ts': "import { one } from '@etcdmonitor/adapters/etcd/client'\nexport { one }",
    'ui/src/main.ts': "import type { E } from '@etcdmonitor/api/app'\nexport type F = E",
    'cli/src/main.ts': "import { one } from '@etcdmonitor/adapters/etcd/client'\nexport { one }",
    'cli/src/demo/load.ts': "import { one } from '@etcdmonitor/rig/one'\nexport { one }",
  }

  const FAULTS = {
    'core/src/a.ts': ["import { one } from './a.ts'\nexport const two = () => one", 'no-cycle'],
    'core/src/files.ts': ["import 'node:fs'", 'core-stands-alone'],
    'core/src/upwards.ts': ["import '@etcdmonitor/adapters/sql/rows'", 'core-stands-alone'],
    'adapters/src/etcd/other.ts': ["import '../sqlite/state.ts'", 'technologies-are-apart'],
    'api/src/files.ts': ["import 'node:fs'", 'api-is-portable'],
    'api/src/store.ts': ["import '@etcdmonitor/adapters/sqlite/state'", 'services-know-core-alone'],
    'collector/src/store.ts': ["import '@etcdmonitor/adapters/sqlite/state'", 'services-know-core-alone'],
    'ui/src/code.ts': ["import '@etcdmonitor/api/app'", 'ui-takes-types-of-api'],
    'cli/src/start.ts': ["import '@etcdmonitor/rig/one'", 'rig-in-tests-and-demo'],
    'adapters/src/sqlite/tested.ts': ["import './state.test.ts'", 'no-test-code-in-product'],
    'adapters/src/sqlite/grpc.ts': ["import '@grpc/grpc-js'", '@grpc|etcd3|protobufjs-in-its-home'],
    'collector/src/etcd.ts': ["import 'etcd3'", '@grpc|etcd3|protobufjs-in-its-home'],
    'adapters/src/sqlite/influx.ts': ["import '@influxdata/influxdb-client'", '@influxdata-in-its-home'],
    'api/src/hash.ts': ["import '@node-rs/argon2'", '@node-rs-in-its-home'],
    'api/src/token.ts': ["import 'jose'", 'jose-in-its-home'],
    'api/src/query.ts': ["import 'kysely'", 'kysely-in-its-home'],
    'adapters/src/sqlite/pg.ts': ["import 'pg'", 'pg-in-its-home'],
  }

  function openWorkspace(): PlantedTree {
    const tree = openPlantedTree('.dependency-cruiser.cjs', 'tsconfig.base.json')
    for (const driver of DRIVERS) {
      const stored = `node_modules/.pnpm/${driver}@1/node_modules/${driver}` // as pnpm lays them
      tree.plant(`${stored}/package.json`, `{ "name": "${driver}", "main": "index.js" }`)
      tree.plant(`${stored}/index.js`, 'exports.one = 1')
      tree.link(`node_modules/${driver}`, stored)
    }
    const exported = '"private": true, "type": "module", "exports": { "./*": "./src/*.ts" }'
    for (const name of PACKAGES) {
      tree.plant(`packages/${name}/package.json`, `{ "name": "@etcdmonitor/${name}", ${exported} }`)
      tree.link(`node_modules/@etcdmonitor/${name}`, `packages/${name}`)
    }
    tree.plant('test/rig/package.json', `{ "name": "@etcdmonitor/rig", ${exported} }`)
    tree.plant('test/rig/src/one.ts', 'export const one = 1')
    tree.link('node_modules/@etcdmonitor/rig', 'test/rig')
    for (const [file, text] of Object.entries(CLEAN)) tree.plant(`packages/${file}`, text)
    return tree
  }

  it('pass what is allowed', () => {
    using tree = openWorkspace()
    expect(tree.run('node', [CHECK])).toEqual({
      status: 0,
      output: expect.stringMatching(/^12 modules, \d+ imports, 0 problems\n$/),
    })
  })

  it('find every planted import', () => {
    using tree = openWorkspace()
    for (const [file, [text]] of Object.entries(FAULTS)) tree.plant(`packages/${file}`, `${text}\n`)
    const { status, output } = tree.run('node', [CHECK])
    for (const [file, [, rule]] of Object.entries(FAULTS))
      expect(output).toContain(`${rule}: packages/${file} -> `)
    expect(status).toBe(1)
  })

  it('fail where they cannot see', () => {
    using tree = openWorkspace()
    tree.plant('packages/core/src/lost.ts', "import './nowhere.ts'\n")
    tree.plant('packages/api/src/app.ts', 'export const one = 1\n')
    tree.remove('packages/ui/src')
    const config = JSON.stringify(join(REPOSITORY, '.dependency-cruiser.cjs'))
    tree.plant(
      '.dependency-cruiser.cjs',
      `const real = require(${config}); real.options.exclude.path += '|/sql/'; module.exports = real`,
    )
    const { status, output } = tree.run('node', [CHECK])
    expect(output).toContain('not resolved: packages/core/src/lost.ts -> ./nowhere.ts')
    expect(output).toContain('not seen: packages/adapters/src/sql/rows.ts')
    expect(output).toContain('rule ui-takes-types-of-api matches no file')
    expect(output).toContain('no type-only import seen')
    expect(status).toBe(1)
  })
})
