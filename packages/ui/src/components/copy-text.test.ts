import { afterEach, describe, expect, it, vi } from 'vitest'
import { copyText } from './copy-text.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  Reflect.deleteProperty(document, 'execCommand')
})

describe('copyText', () => {
  it('uses the clipboard where there is one', async () => {
    const writeText = vi.fn(async () => {})
    vi.stubGlobal('navigator', { clipboard: { writeText } })
    expect(await copyText('x')).toBe(true)
    expect(writeText).toHaveBeenCalledExactlyOnceWith('x')
  })

  it('over plain HTTP from another host falls back to the command, and leaves nothing in the page', async () => {
    vi.stubGlobal('navigator', {})
    const copied: string[] = []
    Object.assign(document, {
      execCommand: () => {
        const field = document.activeElement
        copied.push(field instanceof HTMLTextAreaElement ? field.value : '')
        return true
      },
    })
    expect(await copyText('request 01J')).toBe(true)
    expect(copied).toEqual(['request 01J'])
    expect(document.querySelector('textarea')).toBeNull()
  })

  it('says so where nothing can copy', async () => {
    vi.stubGlobal('navigator', {})
    expect(await copyText('x')).toBe(false)
  })
})
