import { expect, it } from 'vitest'
import { influxCall, makeBucket, startInfluxdb } from './influxdb.ts'
import { needServer } from './need-server.ts'

needServer('influxd', () => {
  it('keeps what was written over a kill, and gives tokens no more than one bucket', async () => {
    await using server = await startInfluxdb()
    const [one, other] = [await makeBucket(server), await makeBucket(server, { retentionSeconds: 7_200 })]
    const write = (token: string, bucket: string) =>
      fetch(`${server.url}/api/v2/write?org=${server.org}&bucket=${bucket}&precision=ms`, {
        method: 'POST',
        headers: { authorization: `Token ${token}` },
        body: `m value=1 ${Date.now()}`,
        signal: AbortSignal.timeout(60_000),
        redirect: 'error',
      })
    expect((await write(one.writeToken, one.name)).status).toBe(204)
    expect((await write(one.readToken, one.name)).status).toBe(403)
    expect((await write(one.writeToken, other.name)).status).toBe(403)
    await server.kill()
    await server.restart()
    const asReader = { url: server.url, operatorToken: one.readToken }
    const query = async (name: string) => {
      const response = await fetch(`${server.url}/api/v2/query?org=${server.org}`, {
        method: 'POST',
        headers: { authorization: `Token ${one.readToken}`, 'content-type': 'application/vnd.flux' },
        body: `from(bucket: "${name}") |> range(start: -1h)`,
        signal: AbortSignal.timeout(60_000),
        redirect: 'error',
      })
      return response.text()
    }
    expect(await query(one.name)).toContain(',1,value,m')
    expect(await query(other.name)).toContain('could not find bucket')
    expect(await influxCall(asReader, `/api/v2/buckets?name=${other.name}`)).toMatchObject({ buckets: [] })
    expect(await influxCall(server, `/api/v2/buckets?name=${other.name}`)).toMatchObject({
      buckets: [{ id: other.id, retentionRules: [{ everySeconds: 7_200 }] }],
    })
  })
})
