import { createServer } from 'node:net'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { type Console, startConsole } from '../setup/console/console.ts'
import { openPage, signInByForm } from '../setup/console/page.ts'

async function openMonitor(console: Console) {
  await console.signIn()
  const opened = await openPage(console)
  await signInByForm(opened.page)
  await opened.page.waitForURL(/\/monitor/)
  const chip = (name: RegExp) => opened.page.getByRole('button', { name })
  return { ...opened, chip }
}

needServer('chromium', () =>
  needServer('etcd', () => {
    it('tells a lost quorum from a cluster that is gone, and since when nothing is known after a restart', async () => {
      await using cluster = await startEtcdCluster({ members: 3 })
      const { endpoints, members } = cluster
      await using first = await startConsole({ endpoints })
      await using before = await openMonitor(first)
      const notices = before.page.getByRole('region', { name: 'Notices' })
      await before.chip(/^Healthy 3\/3$/).waitFor()

      await members[1]?.kill()
      await members[2]?.kill()
      await notices.getByText('No quorum, 1 of 3 voters answers: etcd takes no writes.').waitFor()
      await before.chip(/^Critical: no leader/).waitFor()
      await notices
        .getByText(/^tcp: connection refused/)
        .first()
        .waitFor()
      await before.shoot('quorum-lost')

      await members[0]?.kill()
      const allDown = /^Every etcd endpoint is down since \d\d:\d\d:\d\d\. History still works\.$/
      await notices.getByText(allDown).waitFor()
      await before.shoot('all-down')

      await first.program.stop()
      await using second = await startConsole({
        endpoints,
        env: { ETCDMONITOR_STORAGE_DATA_DIR: first.folder },
      })
      await using after = await openMonitor(second)
      await after.page.getByRole('region', { name: 'Notices' }).getByText(allDown).waitFor()
      await after.chip(/^Unknown: no data for \d+ (s|min)/).waitFor()
      await after.shoot('restarted-while-all-down')
      expect(await after.page.getByText('The collector has not reported').count()).toBe(0)
      after.expectClean()
    })

    it('waits for an endpoint that says nothing, then marks the health of a cluster that is well', async () => {
      await using cluster = await startEtcdCluster({ members: 1 })
      await using silent = await startSilentServer()
      const endpoints = [...cluster.endpoints, silent.url]
      await using console = await startConsole({ endpoints })
      await using opened = await openMonitor(console)
      await opened.chip(/^Healthy 1\/1, 1 endpoint fails$/).click()
      const popover = opened.page.getByRole('dialog')
      await popover.getByText('but 1 of 2 configured endpoints fails.').waitFor()
      await popover.getByText('accepts connections but does not answer').waitFor()
      await opened.shoot('one-endpoint-fails')
      await opened.page.goto(`${console.url}/monitor?member=123`)
      await opened.page
        .getByText('000000000000007b, no such member is known')
        .first()
        .waitFor({ state: 'attached' })
      await opened.shoot('unknown-member')
    })

    it('grows old, then says that the console is not reachable, while it hangs', async () => {
      await using cluster = await startEtcdCluster({ members: 1 })
      await using console = await startConsole({ endpoints: cluster.endpoints, command: 'api' })
      await using opened = await openMonitor(console)
      await opened.chip(/1\/1/).waitFor()
      console.program.hang()
      try {
        await opened.chip(/1\/1, \d+ s old/).waitFor()
        await opened.shoot('console-hangs')
        await opened.chip(/^Console not reachable, last seen \d\d:\d\d:\d\d/).waitFor()
        await opened.shoot('console-lost')
      } finally {
        console.program.resume()
      }
      await opened.chip(/1\/1(\.|$)/).waitFor()
    })
  }),
)

/** Accepts connections, reads what comes, and never answers. */
async function startSilentServer() {
  const sockets = new Set<{ destroy(): void }>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
