import { createMemoryHistory, MemoryRouter, Route } from '@solidjs/router'
import { render } from '@solidjs/testing-library'
import type { Component, JSX } from 'solid-js'
import { vi } from 'vitest'
import { AppContexts } from '../src/AppContexts.tsx'

export interface Asked {
  readonly method: string
  /** Below `/api/`, or the whole of what is not; without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
}

/** What the API answers: a body for 200, or a whole response. */
export type Answer = (asked: Asked) => object | Response | Promise<object | Response>

export const refusal = (
  status: number,
  code: string,
  more: object = {},
  headers: Record<string, string> = {},
) => new Response(JSON.stringify({ code, title: code, detail: '', status, ...more }), { status, headers })

/** A page with everything around it but the shell, in a router of its own, against answers by path. */
export interface RenderedPage {
  readonly container: HTMLElement
  /** Requests in their order. */
  readonly asked: readonly Asked[]
  readonly url: () => string
  /** As Back does. */
  readonly back: () => void
  readonly unmount: () => void
}

export function renderPage(
  page: Component,
  start: string,
  answers: Readonly<Record<string, Answer>>,
): RenderedPage {
  const asked: Asked[] = []
  const history = createMemoryHistory()
  history.set({ value: start })
  const fetch = vi.fn(async (input: string | URL | Request, init?: RequestInit) => {
    const url = new URL(String(input), 'http://console')
    const path = url.pathname.startsWith('/api/') ? url.pathname.slice('/api/'.length) : url.pathname
    const one = {
      method: init?.method ?? 'GET',
      path,
      query: url.searchParams,
      body: init?.body ? JSON.parse(String(init.body)) : undefined,
    }
    asked.push(one)
    const answer = (await answers[path]?.(one)) ?? refusal(404, 'not_found')
    return answer instanceof Response ? answer : new Response(JSON.stringify(answer))
  })
  const Root = (props: { readonly children?: JSX.Element }) => (
    <AppContexts base="/" fetch={fetch}>
      {props.children}
    </AppContexts>
  )
  const view = render(() => (
    <MemoryRouter history={history} root={Root}>
      <Route path="*" component={page} />
    </MemoryRouter>
  ))
  return {
    container: view.container,
    unmount: view.unmount,
    asked,
    url: () => history.get(),
    back: () => history.back(),
  }
}
