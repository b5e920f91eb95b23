import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createDurably, replaceDurably } from './write-durably.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-durable-'))
  file = join(folder, 'it')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('replaces what is there, or leaves it, as it is told', async () => {
  expect(await createDurably({ file, content: 'first', mark: 'a' })).toBe(true)
  expect(await createDurably({ file, content: 'second', mark: 'b' })).toBe(false)
  expect(readFileSync(file, 'utf8')).toBe('first')
  await replaceDurably({ file, content: 'third', mark: 'c' })
  expect(readFileSync(file, 'utf8')).toBe('third')
  expect(readdirSync(folder)).toEqual(['it'])
})

it('leaves no draft where the file cannot be put', async () => {
  mkdirSync(file)
  writeFileSync(join(file, 'child'), '')
  await expect(replaceDurably({ file, content: 'x', mark: 'a' })).rejects.toThrow()
  expect(readdirSync(folder)).toEqual(['it'])
})
