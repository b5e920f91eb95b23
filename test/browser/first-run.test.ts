import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { NEW_PASSWORD, startConsole } from '../setup/console/console.ts'
import { openPage, signInByForm } from '../setup/console/page.ts'
import { eventually } from '../setup/eventually.ts'

interface Columns {
  readonly times: readonly number[]
  readonly series: Readonly<Record<string, Readonly<Record<string, readonly (number | null)[]>>>>
}
interface Members {
  readonly members: readonly { readonly id: string; readonly name: string; readonly status: string }[]
}

needServer('chromium', () =>
  needServer('etcd', () => {
    it('B01 leads from the first password to moving charts of three members, and shows one that dies', async () => {
      await using cluster = await startEtcdCluster({ members: 3 })
      await using console = await startConsole({ endpoints: cluster.endpoints })
      await using opened = await openPage(console)
      const { page } = opened

      await expect.poll(() => page.getByText('initial-admin-password').isVisible()).toBe(true)
      await opened.shoot('signin-hint')
      await signInByForm(page, 'not the password')
      await page.getByRole('alert').getByText('Wrong user name or password.').waitFor()
      await signInByForm(page, console.firstPassword())

      await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD)
      await page.getByLabel('Repeat new password', { exact: true }).fill(NEW_PASSWORD)
      await opened.shoot('password-forced')
      await page.getByRole('button', { name: 'Change password' }).click()
      await page.getByText('Password changed. Sign in with the new password.').waitFor()
      expect(() => console.firstPassword()).toThrow('ENOENT')
      await signInByForm(page)
      await page.waitForURL(/\/monitor/)

      const panels = ['Raft Proposals', 'WAL Fsync Duration', 'Database Size', 'MVCC Operations', 'CPU Usage']
      for (const name of panels) await page.getByRole('heading', { name }).waitFor()
      for (const { name } of cluster.members) await page.getByRole('table').first().getByText(name).waitFor()
      const charts = page.locator('figure canvas')
      await expect.poll(() => charts.count()).toBeGreaterThan(0)
      await page.getByRole('button', { name: /Healthy 3\/3/ }).waitFor()

      // it moves by itself: the "now" of a legend changes without a hand
      const now = () => page.getByRole('table').filter({ hasText: 'etcd-0' }).first().textContent()
      const first = await eventually('values in the legend', async () => {
        const text = await now()
        return text !== null && /\d/.test(text.replaceAll(/etcd-\d/g, '')) && text
      })
      await eventually('the legend moves', async () => {
        await putKey(cluster.endpoints[0] ?? '')
        return (await now()) !== first
      })
      await opened.shoot('monitor-three-members')

      await console.signIn()
      const { body } = await console.get('/api/members')
      const victim = (body as unknown as Members).members.find(({ name }) => name === 'etcd-1')
      const range = `/api/range?metrics=collector_up,process_resident_memory_bytes&member_id=all&format=columns&range=5m`
      const columns = async () => (await console.get(range)).body as unknown as Columns
      const at = async (metric: string) => {
        const { times, series } = await columns()
        return times.map((time, i) => ({ time, value: series[victim?.id ?? '']?.[metric]?.[i] ?? null }))
      }

      const killedAt = Date.now() / 1_000
      await cluster.members[1]?.kill()
      await page.getByRole('button', { name: /Degraded 2\/3/ }).waitFor()
      await eventually('two ticks after the kill are stored', async () => {
        const after = (await at('collector_up')).filter(
          ({ time, value }) => time > killedAt && value !== null,
        )
        return after.length >= 2
      })
      const down = (await at('collector_up')).filter(
        ({ time, value }) => time > killedAt + 1 && value !== null,
      )
      expect(new Set(down.map(({ value }) => value)), 'unreachable within two stored ticks').toEqual(
        new Set([0]),
      )
      const drawn = (await at('process_resident_memory_bytes')).filter(({ time }) => time > killedAt + 1)
      expect(
        drawn.every(({ value }) => value === null),
        'no line while it is down',
      ).toBe(true)
      const view = (await console.get('/api/members')).body as unknown as Members
      expect(view.members.find(({ id }) => id === victim?.id)?.status).toBe('unreachable')
      await opened.shoot('monitor-member-down')

      await cluster.members[1]?.restart()
      await page.getByRole('button', { name: /Healthy 3\/3/ }).waitFor()
      await eventually('it is drawn again', async () => {
        const memory = await at('process_resident_memory_bytes')
        const gap = memory.findIndex(({ time, value }) => time > killedAt && value === null)
        return gap >= 0 && memory.slice(gap).some(({ value }) => value !== null)
      })
      await opened.shoot('monitor-member-back')
      opened.expectClean()
    })

    it('B07 keeps the token out of URL, cookies and local storage, and forgets it at sign-out', async () => {
      await using cluster = await startEtcdCluster({ members: 1 })
      await using console = await startConsole({ endpoints: cluster.endpoints })
      await console.signIn()
      await using opened = await openPage(console, { theme: 'light' })
      const { page } = opened
      await signInByForm(page)
      await page.waitForURL(/\/monitor/)
      await page.getByRole('heading', { name: 'CPU Usage' }).waitFor()
      const stored = () =>
        page.evaluate<Record<'session' | 'local' | 'cookie' | 'url', string | null>>(`({
          session: sessionStorage.getItem('etcdmonitor.session'),
          local: JSON.stringify({ ...localStorage }),
          cookie: document.cookie,
          url: location.href,
        })`)
      const { session, ...elsewhere } = await stored()
      const { token } = JSON.parse(session ?? '{}') as { token?: string }
      expect(token).toMatch(/^eyJ/)
      expect(JSON.stringify(elsewhere)).not.toContain(token)
      await page.getByRole('button', { name: /admin/ }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.waitForURL(/\/login/)
      expect((await stored()).session).toBeNull()
      opened.expectClean()
    })

    it('F5 shows which endpoint fails at which stage while nothing was ever reached', async () => {
      await using console = await startConsole({
        endpoints: ['http://127.0.0.1:9', 'http://no-such-host.invalid:2379'],
      })
      await console.signIn()
      await using opened = await openPage(console)
      const { page } = opened
      await signInByForm(page)
      const rows = page.getByRole('table').getByRole('row')
      await rows.filter({ hasText: 'http://127.0.0.1:9' }).filter({ hasText: 'tcp' }).waitFor()
      await rows.filter({ hasText: 'http://no-such-host.invalid:2379' }).filter({ hasText: 'dns' }).waitFor()
      await opened.shoot('monitor-never-reached')
      opened.expectClean()
    })
  }),
)

/** Through etcd's JSON gateway. */
async function putKey(endpoint: string): Promise<void> {
  const body = JSON.stringify({ key: btoa('moved'), value: btoa('by the test') })
  await fetch(`${endpoint}/v3/kv/put`, {
    method: 'POST',
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(60_000),
  })
}
