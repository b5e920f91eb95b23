import { render } from '@solidjs/testing-library'
import { type QueryClient, useQueryClient } from '@tanstack/solid-query'
import { expect, it } from 'vitest'
import { AppContexts } from './AppContexts.tsx'

it('gives everybody the same query client', () => {
  globalThis.matchMedia ??= () => Object.assign(new EventTarget(), { matches: false }) as MediaQueryList // jsdom has none
  const seen: QueryClient[] = []
  const Child = () => {
    seen.push(useQueryClient())
    return <p>child</p>
  }
  render(() => (
    <AppContexts base="/" fetch={() => Promise.reject(new TypeError('no network'))}>
      <Child />
      <Child />
    </AppContexts>
  ))
  expect(seen).toHaveLength(2)
  expect(seen[1]).toBe(seen[0])
})
