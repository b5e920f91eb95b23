import { expect, it } from 'vitest'
import { onListening } from './listening.ts'

const urlsOf = (...messages: unknown[]) => {
  const urls: string[] = []
  const read = onListening((url) => urls.push(url))
  for (const message of messages) read(message)
  return urls
}

it.each([
  ['', 'http://localhost:9090'],
  ['0.0.0.0', 'http://localhost:9090'],
  ['::', 'http://localhost:9090'],
  ['127.0.0.1', 'http://127.0.0.1:9090'],
  ['::1', 'http://[::1]:9090'],
])('makes of the address "%s" the URL %s', (address, url) => {
  expect(urlsOf({ event: 'api_listening', address, port: 9090 })).toEqual([url])
})

it('speaks HTTPS where the API does', () => {
  const message = { event: 'api_listening', address: '127.0.0.1', port: 9090, tls: true }
  expect(urlsOf(message)).toEqual(['https://127.0.0.1:9090'])
})

it('tells the first time alone, and ignores other messages', () => {
  const message = { event: 'api_listening', address: '::1', port: 1 }
  expect(urlsOf(undefined, 'x', null, { event: 'other' }, message, message)).toEqual(['http://[::1]:1'])
})
