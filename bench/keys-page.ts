import type { Page } from 'playwright-core'
import type { Console } from '../test/setup/console/console.ts'
import { openPage, signInByForm } from '../test/setup/console/page.ts'

export interface KeysPage extends AsyncDisposable {
  /** Goes there without loading the application anew. */
  go(url: string): Promise<void>
  press(key: string): Promise<void>
  /** Runs `body` of an async function with `tools` in the page, and gives what it returns. */
  run<T>(body: string): Promise<T>
  /** Processor time of the page's thread so far, ms: what other processes take does not count. */
  processorTime(): Promise<number>
}

/** The application in Chromium, signed in, at the Keys page, with what measures it. */
export async function openKeysPage(console: Console): Promise<KeysPage> {
  await console.signIn()
  const { page, ...opened } = await openPage(console)
  await signInByForm(page)
  await page.waitForURL(/\/monitor\?range=/) // it has settled: its replace would come after what is opened next
  await page.evaluate(TOOLS)
  const go = (url: string) => page.evaluate<void>(`tools.go(${JSON.stringify(url)})`)
  await go('/keys')
  await page.getByRole('treeitem').first().waitFor({ timeout: 60_000 })
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return {
    go,
    press: (key) => page.keyboard.press(key),
    run: <T>(body: string) => run<T>(page, body),
    processorTime: async () => {
      const { metrics } = await session.send('Performance.getMetrics')
      return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

const run = <T>(page: Page, body: string) => page.evaluate<T>(`(async () => { ${body} })()`)

/** Of the page: no function of ours can be sent there, since Node has other globals than a browser. */
const TOOLS = `window.tools = {
  go(url) {
    history.pushState(null, '', url)
    dispatchEvent(new PopStateEvent('popstate'))
  },
  frame: () => new Promise(requestAnimationFrame),
  /** Looks once a frame; the frame in which it is true has been painted when this resolves. */
  async until(isSo) {
    for (const end = performance.now() + 120000; !isSo(); await tools.frame())
      if (performance.now() > end) throw new Error('waited for in vain: ' + isSo)
    await tools.frame()
  },
  tree: () => document.querySelector('[role="tree"]'),
  rows: () => [...document.querySelectorAll('[role="treeitem"]')],
  row: (name) => tools.rows().find((row) => row.querySelector('bdi')?.textContent === name),
  selected: () => document.querySelector('[role="treeitem"][aria-selected="true"]'),
  editor: () => document.querySelector('.text-editor')?.shadowRoot,
  async fresh() {
    tools.go('/about')
    await tools.until(() => !tools.tree())
    tools.go('/keys')
    await tools.until(() => tools.row('flat'))
  },
  toggle: (name) => tools.row(name).querySelector('.key-tree-toggle').click(),
  /**
   * All of the large directory, for at most so many ms; how many rows there are then. What else is to be open is opened before: in a tree that is
   * full nothing more is loaded.
   */
  async loadFlat(most, besides) {
    await tools.fresh()
    if (besides) {
      tools.toggle(besides)
      await tools.until(() => tools.row('b0'))
    }
    tools.toggle('flat')
    await tools.until(() => tools.row('000000'))
    const tree = tools.tree()
    const isFull = () => tools.row('199999') || /200,000 rows are loaded/.test(tree.textContent)
    const end = performance.now() + most
    for (let height = 0; !isFull() && height < tree.scrollHeight && performance.now() < end; ) {
      height = tree.scrollHeight
      tree.scrollTop = height
      await tools.until(() => tree.scrollHeight > height || isFull())
    }
    return Math.round(tree.scrollHeight / tools.rows()[0].getBoundingClientRect().height)
  },
  /** When the newest answer of this route was there. */
  answeredAt: (route) =>
    performance.getEntriesByType('resource').filter(({ name }) => name.includes(route)).at(-1)?.responseEnd ?? 0,
  /** ms between frames while \`act\` is called before each of them. */
  async gaps(count, act) {
    const gaps = []
    let last = await tools.frame()
    for (let at = 0; at < count; at += 1) {
      act(at)
      const now = await tools.frame()
      gaps.push(now - last)
      last = now
    }
    return gaps
  },
  /** ms from a key to the frame that shows it; of each key that is pressed until \`stop\`. */
  watchKeys() {
    const took = []
    const listen = ({ timeStamp }) =>
      requestAnimationFrame(() => setTimeout(() => took.push(performance.now() - timeStamp)))
    document.addEventListener('keydown', listen, true)
    tools.shown = (count) => tools.until(() => took.length >= count)
    tools.stopWatching = () => {
      document.removeEventListener('keydown', listen, true)
      return took
    }
  },
}
performance.setResourceTimingBufferSize(10000)`
