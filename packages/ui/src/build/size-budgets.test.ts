import type { Rolldown } from 'vite'
import { expect, it } from 'vitest'
import { measure } from './size-budgets.ts'

const chunk = (fileName: string, code: string, more: object) => ({
  type: 'chunk',
  fileName,
  code,
  isEntry: false,
  facadeModuleId: `/src/${fileName}`,
  imports: [],
  ...more,
})
const noise = (length: number) =>
  Array.from({ length }, (_, i) => String.fromCharCode(33 + ((i * i * 7) % 89))).join('')
const bundle = Object.fromEntries(
  [
    chunk('main.tsx', noise(1_000), { isEntry: true, imports: ['shared.ts'] }),
    chunk('shared.ts', noise(500), { imports: ['main.tsx'] }),
    chunk('Page.tsx', noise(2_000), {
      imports: ['shared.ts'],
      viteMetadata: { importedCss: new Set(['page.css']) },
    }),
    { type: 'asset', fileName: 'page.css', source: noise(300) },
    { type: 'asset', fileName: 'index.html', source: '<p>' },
  ].map((file) => [file.fileName, file]),
) as unknown as Rolldown.OutputBundle // the members that are read

it('counts what is loaded always, and of a page what comes on top, style sheets included', () => {
  const sizes = measure(bundle, [
    { name: 'first load', modules: [], bytes: 9 },
    { name: 'page', modules: ['/Page.tsx'], bytes: 9 },
    { name: 'gone', modules: ['/Gone.tsx'], bytes: 9 },
  ])
  const [first = 0, page = 0, gone] = sizes.map(({ bytes }) => bytes)
  expect(first).toBeGreaterThan(100)
  expect(page).toBeGreaterThan(100)
  expect(gone).toBe(0)
  const alone = measure({ ...bundle, 'page.css': { ...bundle['page.css'], source: '' } as never }, [
    { name: 'page', modules: ['/Page.tsx'], bytes: 9 },
  ])
  expect(page - (alone[0]?.bytes ?? 0)).toBeGreaterThan(50)
})
