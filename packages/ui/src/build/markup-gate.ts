import type { Plugin } from 'vite'

/** An empty value takes markup away; everything else makes some. */
const MARKUP = /\.innerHTML\s*=(?!=)\s*(?!\s|``|''|"")/g
const POLICY = /\.createPolicy\(/g
const INLINE = /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/i

/** What is wrong with the whole of a build's scripts: markup is made in one place, through one policy (ui.md 19.2). */
export function markupFaults(code: string): string[] {
  const count = (pattern: RegExp) => code.match(pattern)?.length ?? 0
  return [
    ...(count(MARKUP) === 1 ? [] : [`markup is made from text in ${count(MARKUP)} places, not in one`]),
    ...(count(POLICY) === 1 ? [] : [`${count(POLICY)} Trusted Types policies, not one`]),
  ]
}

/** What the page's policy would refuse of a page. */
export const pageFaults = (html: string): string[] =>
  INLINE.test(html) ? ['the page holds an inline script, style or handler'] : []

/** Fails a build that would not run, or not be safe, under the policy of security.md 9. */
export function markupGate(): Plugin {
  return {
    name: 'markup-gate',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const files = Object.values(bundle)
        const code = files.map((file) => (file.type === 'chunk' ? file.code : '')).join('\n')
        const pages = files.flatMap((file) =>
          file.type === 'asset' && file.fileName.endsWith('.html') ? [String(file.source)] : [],
        )
        const faults = [...markupFaults(code), ...pages.flatMap(pageFaults)]
        if (faults.length > 0) this.error(faults.join('\n'))
      },
    },
  }
}
