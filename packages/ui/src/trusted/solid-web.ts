export * from 'solid-js/web'

import { untrack } from 'solid-js'

interface Policy {
  createHTML(markup: string): string
}

interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy
}

// not in the DOM types yet
const { trustedTypes } = globalThis as { readonly trustedTypes?: PolicyFactory }
const policy = trustedTypes?.createPolicy('ui-template', { createHTML: (markup) => markup })

/**
 * Solid's `template`, for markup that the compiler wrote: the page's policy refuses the original's plain string. `policy` is not
 * exported, so nothing else can use it. The build resolves all imports of `solid-js/web` to this module (ui.md 19.2).
 * @public
 */
export function template(markup: string, importNode?: boolean, svg?: boolean) {
  let node: Node | undefined
  const create = (): Node => {
    const host = document.createElement('template')
    // biome-ignore lint/plugin: the one place; the markup is the compiler's
    host.innerHTML = policy ? policy.createHTML(markup) : markup
    const first = host.content.firstChild as Node // the compiler never writes empty markup
    return svg ? (first.firstChild as Node) : first // nor an svg without a child
  }
  const original = () => {
    node ??= create()
    return node
  }
  const clone = () => original().cloneNode(true)
  const imported = () => untrack(() => document.importNode(original(), true))
  return Object.assign(importNode ? imported : clone, { cloneNode: clone })
}
