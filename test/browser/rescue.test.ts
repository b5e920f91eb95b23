import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { needServer } from '@etcdmonitor/rig/need-server'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { startConsole } from '../setup/console/console.ts'
import { openPage, signInByForm } from '../setup/console/page.ts'
import { QUICK_SETTLES, shortWaits } from '../setup/console/short-waits.ts'
import { etcdGateway } from '../setup/etcd/etcd-gateway.ts'
import { eventually } from '../setup/eventually.ts'

const QUOTA = 16 * 1024 ** 2
/** Keys of which most of the quota is full, small enough for pages to hold them closely, and what a program overwrites. */
const LARGE = { directory: 'large', count: 3_000 }
const BYTES = 4_000
const AT_ONCE = 20
/** Directories of one key each, more than are needed. */
const SPARE = Array.from({ length: 8 }, (_, at) => `spare-${at}`)
/** Reports that are followed until there is room: each sends to a compaction or to a deletion. */
const REPORTS = 3 * SPARE.length
/** Many times what fills the quota: an election may refuse some. */
const ROUNDS = 1_000
const PATIENT = { timeout: 60_000 }
const DELETE = 'Delete keys that are not needed'
/** In the quick suite each release goes one of the two ways: one takes minutes. */
const isGone = (version: string, way: 'whole' | 'voter_down') =>
  process.env.TEST_SUITE === 'full' || version.startsWith('3.4') === (way === 'whole')
/** How a run is marked when it is over. */
const ENDS = /^(succeeded|failed|outcome unknown|interrupted|stopped on request)$/

/** Until etcd refuses a write for want of space. */
async function fillUp({ endpoints }: EtcdCluster): Promise<void> {
  const etcd = etcdGateway(endpoints[0] ?? '')
  const text = 'y'.repeat(BYTES)
  const putAtOnce = (nameOf: (at: number) => string) =>
    Promise.allSettled(Array.from({ length: AT_ONCE }, (_, at) => etcd.put(nameOf(at), text)))
  for (const directory of SPARE) await etcd.put(`/${directory}/key`, '')
  for (let from = 0; from < LARGE.count; from += AT_ONCE)
    await eventually(`${AT_ONCE} keys from ${from} on`, async () => {
      const puts = await putAtOnce((at) => `/${LARGE.directory}/${from + at}`)
      return puts.every(({ status }) => status === 'fulfilled') // an election may refuse some
    })
  for (let round = 0; round < ROUNDS; round += 1) {
    const refusals = (await putAtOnce((at) => `/counter/${at}`)).filter((put) => put.status === 'rejected')
    if (refusals.some(({ reason }) => String(reason).includes('database space exceeded'))) return
  }
  throw new Error(`etcd took ${ROUNDS * AT_ONCE} values`)
}

/** The pages of operations as a person goes through them. */
function operations(page: Page) {
  const dialog = page.getByRole('alertdialog')
  const steps = page.getByRole('region', { name: 'Steps out of NOSPACE' })
  const step = (action: string, state: string) =>
    steps.getByRole('listitem').filter({ hasText: new RegExp(`^${state}\\s*${action}`) })
  const refresh = async () => {
    const button = steps.getByRole('button', { name: 'Refresh', disabled: false })
    const answered = page.waitForResponse((answer) => answer.url().endsWith('/api/ops/rescue'), PATIENT)
    await Promise.all([answered, button.click(PATIENT)])
    await button.waitFor(PATIENT)
  }
  const toAlarms = async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Operations' }).click()
    await page.getByRole('navigation', { name: 'Operations' }).getByRole('link', { name: 'Alarms' }).click()
    await steps.getByRole('listitem').first().waitFor(PATIENT)
  }
  return {
    dialog,
    toAlarms,
    /** Sees the report say so, as often as it is asked for anew. */
    untilStep: (action: string, state: string) =>
      eventually(
        `${action}: ${state}`,
        async () => {
          await refresh()
          return (await step(action, state).count()) === 1
        },
        60_000,
      ),
    /** By a report that is made now. */
    async isDone(action: string): Promise<boolean> {
      await refresh()
      return (await step(action, 'done').count()) === 1
    },
    /** By the report that is shown. */
    isNotNeeded: async (action: string) => (await step(action, 'not needed').count()) === 1,
    /** Goes where the step is done. */
    open: (action: string) => step(action, 'to do').getByRole('link', { name: 'Open' }).click(PATIENT),
    messageOf: (action: string) =>
      steps
        .getByRole('listitem')
        .filter({ hasText: new RegExp(`^[a-z ]+${action}`) })
        .textContent(),
    /** Agrees to what the plan says, and sees the run succeed. */
    async carryOut(button: RegExp, { understands = '' } = {}) {
      await page.getByRole('button', { name: button, disabled: false }).click(PATIENT)
      const act = dialog.getByRole('button', { name: button })
      if (understands) {
        expect(await act.isDisabled()).toBe(true)
        await dialog.getByRole('checkbox', { name: understands }).check(PATIENT)
      }
      await act.click(PATIENT)
      const end = page.getByText(ENDS).first()
      await end.waitFor({ timeout: 120_000 })
      expect(await end.textContent()).toBe('succeeded')
    },
  }
}
type Operations = ReturnType<typeof operations>

async function deleteBelow(page: Page, { open }: Operations, directory: string, count = 1): Promise<void> {
  await open(DELETE)
  await page.getByRole('treeitem', { name: new RegExp(`^${directory}`) }).click(PATIENT)
  await page.getByRole('button', { name: 'Delete all below…' }).click(PATIENT)
  const dialog = page.getByRole('dialog')
  const act = dialog.getByRole('button', { name: /^Delete [\d,]+ keys?$/ })
  if (count > 1) await dialog.getByRole('textbox', { name: `Type ${count} to confirm` }).fill(`${count}`)
  await act.click(PATIENT)
  await page.getByText(/[\d,]+ keys? deleted/).waitFor(PATIENT)
}

/** As many revisions as the report asks for. */
async function compact(page: Page, { open, messageOf, carryOut }: Operations): Promise<void> {
  const kept = /keep (\d+)\./.exec((await messageOf('Compact')) ?? '')?.[1] ?? ''
  await open('Compact')
  await page.getByRole('textbox', { name: 'Keep the last revisions' }).fill(kept, PATIENT)
  await page.getByRole('checkbox', { name: /physical/ }).check(PATIENT)
  await carryOut(/^Compact to /, { understands: 'history before that revision is gone for good' })
}

/** Deletes and compacts as one report after the other says: with one key more while what was deleted is of the newest revision. */
async function makeRoom(page: Page, opened: Operations): Promise<void> {
  const spare = SPARE.values()
  await deleteBelow(page, opened, LARGE.directory, LARGE.count)
  for (let report = 0; report < REPORTS; report += 1) {
    await opened.toAlarms()
    if (!(await opened.isDone('Compact'))) await compact(page, opened)
    else if (await opened.isNotNeeded(DELETE)) return
    else {
      expect(await opened.messageOf(DELETE)).toContain('delete one key more, compact, keep 1.')
      await deleteBelow(page, opened, String(spare.next().value))
    }
  }
  throw new Error(`no room after ${REPORTS} reports`)
}

async function disarmAll(page: Page, { carryOut, toAlarms }: Operations): Promise<void> {
  for (;;) {
    const names = await eventually('the alarms', () => alarmsIn(page))
    const [name] = names
    if (name === undefined) return
    const button = page.getByRole('button', { name, exact: true })
    await button.click(PATIENT)
    await carryOut(/^Disarm NOSPACE$/, { understands: 'writes are let in again' })
    await toAlarms()
    await eventually(`${name} is done`, async () => (await button.count()) === 0)
  }
}

/** Their buttons; undefined: they are not loaded yet. */
async function alarmsIn(page: Page): Promise<readonly string[] | undefined> {
  if (await page.getByText('No alarms.', { exact: true }).isVisible()) return []
  const names = await page
    .getByRole('button', { name: /^Disarm NOSPACE of/ })
    .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label') ?? ''))
  return names.length === 0 ? undefined : names
}

/** In the editor, where the report sends whoever wants to see that writes are taken again. */
async function createKey(page: Page, key: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Keys' }).click(PATIENT)
  await page.getByRole('button', { name: 'Create key' }).first().click(PATIENT)
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Key' }).fill(key, PATIENT)
  await dialog.getByRole('button', { name: 'Create key' }).click(PATIENT)
  await page.getByRole('heading', { name: key, exact: true, level: 2 }).waitFor(PATIENT)
}

needServer('chromium', () => {
  describe.each(etcdVersions())('the steps out of NOSPACE on etcd $version', (server) => {
    const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
    const start = () =>
      startEtcdCluster({
        ...{ members: 3, flags: [`--quota-backend-bytes=${QUOTA}`] },
        ...('path' in server && { binary: server.path }),
      })

    async function begin(cluster: EtcdCluster) {
      const console = await startConsole({ endpoints: cluster.endpoints, env: shortWaits(QUICK_SETTLES) })
      await console.signIn()
      const opened = await openPage(console)
      opened.page.setDefaultTimeout(PATIENT.timeout)
      await signInByForm(opened.page)
      await opened.page.waitForURL(/\/monitor\?range=/)
      return {
        ...opened,
        ...operations(opened.page),
        async [Symbol.asyncDispose]() {
          await opened[Symbol.asyncDispose]()
          await console[Symbol.asyncDispose]()
        },
      }
    }

    it.skipIf(isMissing || !isGone(server.version, 'whole'))(
      'OP28 lead back to a cluster that takes writes',
      async () => {
        await using cluster = await start()
        await using opened = await begin(cluster)
        const { page, toAlarms, untilStep, open, carryOut } = opened
        await fillUp(cluster)
        await toAlarms()
        await untilStep(DELETE, 'to do')
        await opened.shoot('rescue-full')
        await makeRoom(page, opened)
        await untilStep('Defragment', 'to do')
        await open('Defragment')
        await carryOut(/^Defragment 3 members$/)
        await opened.shoot('rescue-defragmented')
        await toAlarms()
        await untilStep('Check the size', 'done')
        await untilStep('Disarm the alarm', 'to do')
        await disarmAll(page, opened)
        await untilStep('Disarm the alarm', 'done')
        await opened.shoot('rescue-done')
        await createKey(page, '/after')
        expect(await etcdGateway(cluster.endpoints[0] ?? '').get('/after')).toBe('')
        opened.expectClean()
      },
      600_000,
    )

    it.skipIf(isMissing || !isGone(server.version, 'voter_down'))(
      'OP5 OP28 lead back with one voter down, one member at a time',
      async () => {
        await using cluster = await start()
        await using opened = await begin(cluster)
        const { page, toAlarms, untilStep, open, carryOut } = opened
        await fillUp(cluster)
        const [first, second, lost] = cluster.members
        await lost?.kill()
        await toAlarms()
        await untilStep(DELETE, 'to do')
        await makeRoom(page, opened)
        await untilStep('Defragment', 'to do')
        await page.getByText('Some voter is down: defragment each of the others alone').waitFor()
        for (const chosen of [first, second]) {
          await open('Defragment')
          for (const { name } of cluster.members)
            await page.getByRole('checkbox', { name, exact: true }).setChecked(name === chosen?.name)
          await carryOut(/^Defragment 1 member$/, { understands: 'the cluster has no leader while it runs' })
          await toAlarms()
        }
        await untilStep('Check the size', 'done')
        await page.getByText(`as far as it is known: not of ${lost?.name}`).waitFor()
        await untilStep('Disarm the alarm', 'to do')
        await disarmAll(page, opened)
        await untilStep('Disarm the alarm', 'done')
        await opened.shoot('rescue-voter-down')
        await createKey(page, '/after')
        expect(await etcdGateway(cluster.endpoints[0] ?? '').get('/after')).toBe('')
        opened.expectClean()
      },
      600_000,
    )
  })
})
