import { get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MetricsImpostor, startMetricsImpostor } from './metrics-impostor.ts'

const PAGE = '# HELP up is up\nup 1\n'
let impostor: MetricsImpostor

beforeEach(async () => {
  impostor = await startMetricsImpostor(PAGE)
})
afterEach(() => impostor[Symbol.asyncDispose]())

const ask = (): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get(`${impostor.url}/metrics`, resolve).once('error', reject))

describe('metrics impostor', () => {
  it('serves its page, and counts', async () => {
    expect(await text(await ask())).toBe(PAGE)
    impostor.setPage('down 1\n')
    expect(await text(await ask())).toBe('down 1\n')
    expect(impostor.requests()).toBe(2)
  })

  it('serves the whole page slowly', async () => {
    impostor.setMutation({ kind: 'slow', msBetween: 1 })
    expect(await text(await ask())).toBe(PAGE)
  })

  it('cuts the page that it announced', async () => {
    impostor.setMutation({ kind: 'cut', bytes: 5 })
    const response = await ask()
    expect(response.headers['content-length']).toBe(String(PAGE.length))
    await expect(text(response)).rejects.toThrow('aborted')
  })

  it('announces plain text as gzip', async () => {
    impostor.setMutation({ kind: 'wrongEncoding' })
    const response = await ask()
    expect(response.headers['content-encoding']).toBe('gzip')
    expect(await text(response)).toBe(PAGE)
  })

  it('says that HTML is HTML', async () => {
    impostor.setMutation({ kind: 'html' })
    const response = await ask()
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toBe('text/html')
    expect(await text(response)).toContain('<html>')
  })

  it('goes on for ever', async () => {
    impostor.setMutation({ kind: 'endless' })
    let received = 0
    for await (const chunk of await ask()) {
      received += chunk.length
      if (received > 4 << 20) break
    }
    expect(received).toBeGreaterThan(4 << 20)
  })
})
