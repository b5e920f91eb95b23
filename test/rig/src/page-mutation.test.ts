import { describe, expect, it } from 'vitest'
import { mutatePage, type PageMutation } from './page-mutation.ts'

const PAGE = '# HELP up is up\nup 1\nleader{of="3"} 7\n'
const mutated = (mutation: PageMutation) => mutatePage(PAGE, mutation).toString()

describe('page mutations', () => {
  it('leave the rest of the page as it is', () => {
    expect(mutated({ kind: 'none' })).toBe(PAGE)
    expect(mutated({ kind: 'notANumber', series: 'up' })).toBe('# HELP up is up\nup NaN\nleader{of="3"} 7\n')
    expect(mutated({ kind: 'doubled', series: 'leader' })).toBe(`${PAGE}leader{of="3"} 7\n`)
    expect(mutated({ kind: 'noLastNewline' })).toBe(PAGE.slice(0, -1))
  })

  it('put a line of a MiB before it', () => {
    const [first, ...rest] = mutated({ kind: 'longLine' }).split('\n')
    expect(first).toHaveLength(2 + 2 ** 20)
    expect(rest.join('\n')).toBe(PAGE)
  })

  it('make garbage that is no UTF-8', () => {
    const garbage = mutatePage(PAGE, { kind: 'garbage' })
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(garbage)).toThrow(TypeError)
  })

  it('refuse a series that the page does not have', () => {
    expect(() => mutated({ kind: 'doubled', series: 'u' })).toThrow('no series u')
  })
})
