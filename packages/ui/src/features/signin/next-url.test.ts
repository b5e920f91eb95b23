import { expect, it } from 'vitest'
import { loginUrl, safeNext } from './next-url.ts'

it.each([
  '/monitor',
  '/monitor?range=6h&pick=chartCPU:process_cpu_usage_percent',
  '/monitor?',
  '/cluster',
  '/keys?key=%2Fa%2Fb',
  '/operations?task=runs&run=01JD8Z6QW0ABCDEFGHJKMNPQRS',
  '/diagnostics',
  '/about',
])('comes back to %s', (next) => {
  expect(safeNext(next)).toBe(next)
})

it.each([
  null,
  undefined,
  '',
  '/',
  '//evil.example',
  '//evil.example/monitor',
  '/\\evil.example',
  '/monitor\\..\\x',
  '/monitor?next=//evil.example',
  'https://evil.example/monitor',
  'javascript:alert(1)',
  '/monitor/../login',
  '/login',
  '/monitor#x',
  ' /monitor',
])('goes to Monitor instead of %s', (next) => {
  expect(safeNext(next)).toBe('/monitor')
})

it('remembers only what is not the start page', () => {
  expect(loginUrl('/monitor')).toBe('/login')
  expect(loginUrl('/monitor?range=6h')).toBe('/login?next=%2Fmonitor%3Frange%3D6h')
  expect(safeNext(new URLSearchParams(loginUrl('/monitor?range=6h').slice(6)).get('next'))).toBe(
    '/monitor?range=6h',
  )
})
