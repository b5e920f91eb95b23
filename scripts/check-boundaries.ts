import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import type { ICruiseResult } from 'dependency-cruiser'

const args = ['packages', '--config', '.dependency-cruiser.cjs', '--output-type', 'json']
const { stdout } = spawnSync('depcruise', args, { encoding: 'utf8', maxBuffer: 1 << 28 })
const { modules, summary } = JSON.parse(stdout) as ICruiseResult // the tool's own schema

const rules = summary.ruleSetUsed?.forbidden ?? []
const seen = modules.map(({ source }) => source).filter((source) => source.startsWith('packages/'))
const edges = modules.flatMap(({ source, dependencies }) => dependencies.map((to) => ({ source, ...to })))
const problems = [
  ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
  ...globSync('packages/*/{src,test}/**/*.{ts,tsx}')
    .filter((file) => !seen.includes(file))
    .map((file) => `not seen: ${file}`),
  ...edges
    .filter(({ source, couldNotResolve }) => couldNotResolve && seen.includes(source))
    .map(({ source, module }) => `not resolved: ${source} -> ${module}`),
  ...rules
    .filter(({ from }) => !seen.some((source) => new RegExp(String(from.path ?? '.')).test(source)))
    .map(({ name }) => `rule ${name} matches no file`),
]
if (!edges.some(({ dependencyTypes }) => dependencyTypes.includes('type-only')))
  problems.push('no type-only import seen')

for (const problem of problems) console.error(problem)
console.log(`${seen.length} modules, ${edges.length} imports, ${problems.length} problems`)
if (problems.length > 0 || seen.length === 0 || rules.length === 0) process.exitCode = 1
