import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { expect, it } from 'vitest'
import { cdp, page, userEvent } from 'vitest/browser'
import { dir, leaf, level, openKeysPage } from '../../../../test/a-keys-page.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

/** As many as are loaded at once, but for a few. */
const ROWS = 199_000
/** Larger pages than the API's: what takes time here is not the loading. */
const PAGE = 49_750
const FRAMES = 60
const MiB = 1024 ** 2

const tree = () => page.getByRole('tree').element()
const rowCount = () => tree().querySelectorAll('[role="treeitem"]').length

interface Metrics {
  readonly usedSize: number
  readonly metrics: readonly { readonly name: string; readonly value: number }[]
}

/** Vitest declares the session of its provider without methods. */
const session = () => cdp() as unknown as { send(method: string, params?: object): Promise<Metrics> }
const heapBytes = async (): Promise<number> => {
  await session().send('HeapProfiler.collectGarbage')
  return (await session().send('Runtime.getHeapUsage')).usedSize
}

/** Of the page's thread, ms: what other processes take does not count. */
const processorTime = async (): Promise<number> => {
  const { metrics } = await session().send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000
}

/** What one frame takes at most, with its share of what stands around the page in the test. */
async function measureFrames(frames: number, act: (frame: number) => void) {
  const took: number[] = []
  for (let frame = 0; frame < frames; frame += 1) {
    const before = await processorTime()
    act(frame)
    await new Promise(requestAnimationFrame)
    await new Promise(requestAnimationFrame) // the first comes before what was changed is laid out and painted
    took.push((await processorTime()) - before)
    expect(rowCount()).toBeLessThanOrEqual(120)
  }
  return `${(sum(took) / frames).toFixed(1)} ms a frame, ${Math.max(...took).toFixed(1)} ms at most`
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

signedInAt(1_440, 900)

it('B35 scrolls 200,000 loaded rows, and opens a directory above them, with few rows in the document', async () => {
  openKeysPage('/keys', {
    'kv/v3/children': ({ query }) => {
      const prefix = query.get('prefix') ?? ''
      if (prefix === '/a/') return level([leaf('/a/x')])
      if (prefix === '') return level([dir('/a', 1), dir('/flat', ROWS)])
      const from = Number(query.get('cursor') ?? 0)
      const nodes = Array.from({ length: PAGE }, (_, at) =>
        leaf(`/flat/${String(from + at).padStart(6, '0')}`),
      )
      return level(nodes, { cursor: from + PAGE < ROWS ? String(from + PAGE) : null })
    },
  })
  await expect.element(page.getByRole('treeitem', { name: /^flat/ })).toBeVisible()
  await session().send('Performance.enable', { timeDomain: 'threadTicks' })
  const heap = await heapBytes()
  tree().focus()
  await userEvent.keyboard('{ArrowDown}{ArrowRight}')
  const height = () => tree().scrollHeight
  for (let loaded = 1; loaded <= ROWS / PAGE; loaded += 1) {
    await expect.poll(height).toBeGreaterThan(loaded * PAGE * 24)
    tree().scrollTop = height()
  }
  await expect.element(page.getByRole('treeitem', { name: '198999' })).toBeInTheDocument()
  const grown = (await heapBytes()) - heap

  tree().scrollTop = 0
  await new Promise(requestAnimationFrame)
  const slow = await measureFrames(FRAMES, () => tree().scrollBy(0, 60))
  const fast = await measureFrames(FRAMES, (frame) => {
    tree().scrollTop = ((frame * 7_919) % ROWS) * 28
  })
  tree().scrollTop = 0
  tree().focus()
  await userEvent.keyboard('{Home}{ArrowRight}') // loads what is in it
  await expect.element(page.getByRole('treeitem', { name: 'x' })).toBeVisible()
  const press = (key: string) => tree().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
  const toggles = await measureFrames(20, (frame) => press(frame % 2 === 0 ? 'ArrowLeft' : 'ArrowRight'))
  expect(grown).toBeLessThan(80 * MiB)
  // for people: what a busy machine makes of it decides nothing
  console.info(`${ROWS} rows scrolled: ${slow}`)
  console.info(`${ROWS} rows jumped over: ${fast}`)
  console.info(`a directory above ${ROWS} rows opened or closed: ${toggles}`)
  console.info(`${ROWS} rows loaded: ${(grown / MiB).toFixed(1)} MiB more`)
})
