import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { makeCertificates } from './certificates.ts'

const read = (file: string) => new X509Certificate(readFileSync(file))
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'

describe('certificates', () => {
  it('are what their names say', async () => {
    await using made = await makeCertificates()
    const ca = read(made.caFile)
    const [server, client, expired, wrongName] = [made.server, made.client, made.expired, made.wrongName].map(
      ({ certFile }) => read(certFile),
    )
    for (const one of [server, client, expired, wrongName]) expect(one?.verify(ca.publicKey)).toBe(true)
    expect(server?.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(server?.checkHost('localhost')).toBe('localhost')
    expect(server?.keyUsage).toContain(SERVER_AUTH)
    expect(client?.keyUsage).not.toContain(SERVER_AUTH)
    expect(client?.subject).toBe('CN=monitor')
    expect(expired?.validToDate.getTime()).toBeLessThan(Date.now())
    expect(wrongName?.checkIP('127.0.0.1')).toBeUndefined()
    expect(wrongName?.checkHost('localhost')).toBeUndefined()
  })
})
