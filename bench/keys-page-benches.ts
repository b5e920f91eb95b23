import { buildUi } from '@etcdmonitor/cli/build-ui'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { ensureServer } from '@etcdmonitor/rig/servers'
import { startConsole } from '../test/setup/console/console.ts'
import type { BenchFamily } from './bench.ts'
import { ETCD_FLAGS, KEY_COUNT, loadKeys, putValue } from './key-data.ts'
import { type KeysPage, openKeysPage } from './keys-page.ts'
import { median, round3 } from './measure.ts'
import { type BenchRecord, type Demand, judge } from './records.ts'

const TREE = ['UI-tree-root', 'UI-tree-open', 'UI-tree-page', 'UI-tree-scroll', 'UI-tree-toggle']
const VALUE = ['UI-value-open', 'UI-value-key']
const ROUNDS = 5
const FRAMES = 120
/** Rows are loaded for no longer, ms: a busy machine scrolls over fewer, whose number stands beside the figure. */
const LOADING = 90_000

/** Of the API's answer, in which nothing of the page is. */
const AFTER_ANSWER = 50

/** The Keys page in Chromium over 1.2 million keys, and with a value of 1.5 MB (ui.md 20.2). */
export const keysPageBenches: BenchFamily = {
  ids: [...VALUE, ...TREE],
  async run(wanted, { say }) {
    const ids = [...VALUE, ...TREE].filter((id) => wanted.has(id))
    const servers = await Promise.all([ensureServer('etcd'), ensureServer('chromium')])
    for (const server of servers) if ('missing' in server) return ids.map((id) => notRun(id, server.missing))
    const [etcd] = servers
    if (!etcd || 'missing' in etcd) return []
    await buildUi()
    await using cluster = await startEtcdCluster({
      members: 1,
      binary: etcd.path,
      flags: ETCD_FLAGS,
    })
    const url = cluster.endpoints[0] ?? ''
    for (let round = 0; round < ROUNDS; round += 1) await putValue(url, `/value/${round}.json`, largeValue())
    if (ids.some((id) => TREE.includes(id))) {
      say(`putting ${KEY_COUNT} keys`)
      await loadKeys(url)
    }
    await using console = await startConsole({
      endpoints: cluster.endpoints,
      command: 'api',
      env: { ETCDMONITOR_LOG_LEVEL: 'info' },
    })
    await using page = await openKeysPage(console)
    const records: BenchRecord[] = []
    for (const id of ids) {
      const record = await measureOne(page, id)
      say(`${id}: ${record.median} ${record.unit} ${JSON.stringify(record.side ?? {})}`)
      records.push(record)
    }
    return records
  },
}

const largeValue = (): string =>
  `[\n${Array.from({ length: 25_000 }, (_, at) => `  {"name": "key ${at}", "number": 12345678901234567890}`).join(',\n')}\n]\n`

function measureOne(page: KeysPage, id: string): Promise<BenchRecord> {
  switch (id) {
    case 'UI-value-open':
      return openValues(page, id)
    case 'UI-value-key':
      return pressKeys(page, id)
    case 'UI-tree-root':
      return readRoot(page, id)
    case 'UI-tree-open':
      return openDirectories(page, id)
    case 'UI-tree-page':
      return loadPages(page, id)
    case 'UI-tree-scroll':
      return scroll(page, id)
    default:
      return toggle(page, id)
  }
}

async function openValues(page: KeysPage, id: string): Promise<BenchRecord> {
  await page.run(`
    tools.go('/keys?key=%2Fvalue%2F0.json')
    await tools.until(() => tools.editor()?.querySelector('.cm-line'))`) // the editor itself is loaded once
  const runs: number[] = []
  const answers: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const [took, answered] = await page.run<[number, number]>(`
      tools.go('/keys')
      await tools.until(() => !tools.editor())
      performance.clearResourceTimings()
      const begun = performance.now()
      tools.go('/keys?key=%2Fvalue%2F${(round + 1) % ROUNDS}.json')
      await tools.until(() => tools.editor()?.querySelector('.cm-line'))
      return [performance.now() - begun, tools.answeredAt('/kv/v3/get') - begun]`)
    runs.push(round3(took))
    answers.push(answered)
  }
  return record(id, 'a value of 1.5 MB opened', runs, 600, { answer_ms: round3(median(answers)) })
}

async function pressKeys(page: KeysPage, id: string): Promise<BenchRecord> {
  const runs: number[] = []
  let work = 0
  for (const place of ['Control+Home', 'Control+End']) {
    await page.run(`tools.editor().querySelector('.cm-content').focus()`)
    await page.press(place)
    await page.run('await tools.frame(); tools.watchKeys()')
    const before = await page.processorTime()
    for (let at = 0; at < 4 * ROUNDS; at += 1) {
      await page.press('x')
      await page.run(`await tools.shown(${at + 1})`) // else a key waits for those before it, as no person's does
    }
    work += (await page.processorTime()) - before
    runs.push(...(await page.run<number[]>('return tools.stopWatching()')).map(round3))
  }
  const side = { slowest_ms: Math.max(...runs), processor_ms_per_key: round3(work / runs.length) }
  return record(id, 'a key pressed in a value of 1.5 MB, until it is shown', runs, 50, side)
}

async function readRoot(page: KeysPage, id: string): Promise<BenchRecord> {
  const runs: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    runs.push(
      await page.run<number>(`
        tools.go('/about')
        await tools.until(() => !tools.tree())
        performance.clearResourceTimings()
        tools.go('/keys')
        await tools.until(() => tools.row('flat'))
        return performance.now() - tools.answeredAt('/kv/v3/children')`),
    )
  }
  return record(id, 'the root of 1.2 million keys shown, after its answer', runs.map(round3), AFTER_ANSWER)
}

/** Down the eight levels of one branch. */
async function openDirectories(page: KeysPage, id: string): Promise<BenchRecord> {
  const way = ['a0', 'b0', 'c0', 'd0', 'e0', 'f0', 'g', 'leaf']
  const runs: number[] = []
  let longest = 0
  await page.run('await tools.fresh()')
  for (const [at, child] of way.slice(1).entries()) {
    const [took, gap] = await page.run<[number, number]>(`
      tools.toggle('${way[at]}')
      let longest = 0
      for (let last = performance.now(); !tools.row('${child}'); ) {
        const now = await tools.frame()
        longest = Math.max(longest, now - last)
        last = now
      }
      await tools.frame()
      return [performance.now() - tools.answeredAt('/kv/v3/children'), longest]`)
    runs.push(round3(took))
    longest = Math.max(longest, gap)
  }
  const side = { longest_frame_ms: round3(longest) }
  return record(id, 'a directory opened, on each of eight levels, after its answer', runs, AFTER_ANSWER, side)
}

async function loadPages(page: KeysPage, id: string): Promise<BenchRecord> {
  const runs = await page.run<number[]>(`
    await tools.fresh()
    tools.toggle('flat')
    await tools.until(() => tools.row('000000'))
    const took = []
    for (let page = 0; page < ${2 * ROUNDS}; page += 1) {
      const height = tools.tree().scrollHeight
      tools.tree().scrollTop = height
      await tools.until(() => tools.tree().scrollHeight > height)
      took.push(performance.now() - tools.answeredAt('/kv/v3/children'))
    }
    return took`)
  return record(
    id,
    'a page of 500 of a directory of 200,000, after its answer',
    runs.map(round3),
    AFTER_ANSWER,
  )
}

async function scroll(page: KeysPage, id: string): Promise<BenchRecord> {
  const rows = await page.run<number>(`return tools.loadFlat(${LOADING})`)
  const before = await page.processorTime()
  const [gaps, most] = await page.run<[number[], number]>(`
    let most = 0
    tools.tree().scrollTop = 0
    await tools.frame()
    const count = () => { most = Math.max(most, tools.rows().length) }
    const slow = await tools.gaps(${FRAMES}, () => { tools.tree().scrollBy(0, 60); count() })
    const far = await tools.gaps(${FRAMES}, (at) => {
      tools.tree().scrollTop = (at * 7919 * 28) % tools.tree().scrollHeight
      count()
    })
    return [[...slow, ...far], most]`)
  const work = ((await page.processorTime()) - before) / gaps.length
  const total = gaps.reduce((sum, gap) => sum + gap, 0)
  const side = {
    rows,
    frames_per_second: round3((gaps.length * 1_000) / total),
    processor_ms_per_frame: round3(work),
    rows_in_document: most,
  }
  const longest = [round3(Math.max(...gaps))]
  return record(id, 'scrolling over as many rows as are loaded at most: the longest frame', longest, 50, side)
}

async function toggle(page: KeysPage, id: string): Promise<BenchRecord> {
  const rows = await page.run<number>(`
    const rows = await tools.loadFlat(${LOADING}, 'a1')
    tools.tree().scrollTop = 0
    await tools.until(() => tools.row('b0'))
    return rows`)
  const before = await page.processorTime()
  const gaps = await page.run<number[]>(`return tools.gaps(20, () => tools.toggle('a1'))`)
  const work = ((await page.processorTime()) - before) / gaps.length
  const side = { rows, processor_ms_per_frame: round3(work) }
  const longest = [round3(Math.max(...gaps))]
  return record(id, 'a directory opened or closed above them: the longest frame', longest, 50, side)
}

function record(
  id: string,
  title: string,
  runs: readonly number[],
  most: number,
  side?: BenchRecord['side'],
): BenchRecord {
  const demand: Demand = { op: '<=', value: most }
  const value = round3(median(runs))
  return {
    id,
    title,
    unit: 'ms',
    runs,
    median: value,
    demand,
    verdict: judge(value, demand),
    ...(side && { side }),
  }
}

const notRun = (id: string, reason: string): BenchRecord => ({
  id,
  title: 'the Keys page',
  unit: 'ms',
  runs: [],
  verdict: 'not_run',
  reason,
})
