const tests = '\\.(test|contract|browser)\\.tsx?$'
const entries = '^packages/(api/src/node|collector/src/main)\\.ts$'

/** Rule => [from, what it must not reach]; scripts/check-boundaries.ts checks that the rules see the code. */
const rules = {
  'no-cycle': [{}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }],
  'core-stands-alone': [
    { path: '^packages/core/src/', pathNot: tests },
    { path: '.', pathNot: ['^packages/core/', '/node_modules/zod/'] },
  ],
  // but for sql/, which sqlite/ and postgres/ share
  'technologies-are-apart': [
    { path: '^packages/adapters/src/([^/]+)/', pathNot: tests },
    { path: '^packages/', pathNot: '^packages/(core|adapters/src/($1|sql))/' },
  ],
  'api-is-portable': [
    { path: '^packages/api/src/', pathNot: [entries, tests] },
    { dependencyTypes: ['core'] },
  ],
  'services-know-core-alone': [
    { path: '^packages/(api|collector)/src/', pathNot: [entries, tests] },
    { path: '^packages/', pathNot: '^packages/(core|$1)/' },
  ],
  'ui-takes-types-of-api': [
    { path: '^packages/ui/' },
    { path: '^packages/', pathNot: '^packages/(ui|core)/', dependencyTypesNot: ['type-only'] },
  ],
  'rig-in-tests-and-demo': [
    { path: '^packages/', pathNot: [tests, '^packages/cli/src/demo/'] },
    { path: '^test/' },
  ],
  'no-test-code-in-product': [{ path: '^packages/', pathNot: [tests, '/test/'] }, { path: tests }],
}

/** The only places that may import a driver: package => folder. */
const homes = {
  '@grpc|etcd3|protobufjs': 'packages/adapters/src/etcd/',
  '@influxdata': 'packages/adapters/src/influx/',
  '@node-rs': 'packages/adapters/src/argon2/',
  jose: 'packages/api/src/auth/',
  kysely: 'packages/adapters/src/(sql|sqlite|postgres)/',
  pg: 'packages/adapters/src/postgres/',
}
for (const [driver, home] of Object.entries(homes)) {
  const path = `/node_modules/(${driver})/`
  rules[`${driver}-in-its-home`] = [{ path: '^packages/', pathNot: `^${home}` }, { path }]
}

module.exports = {
  forbidden: Object.entries(rules).map(([name, [from, to]]) => ({ name, severity: 'error', from, to })),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/dist/|/\\.cache/' }, // a bare `dist/` would hide most of npm
    tsPreCompilationDeps: true, // sees `import type`
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
}
