import { expect, it } from 'vitest'
import { packageOf, printLicences } from './shipped-texts.ts'

it.each([
  ['/app/node_modules/uplot/dist/uPlot.esm.js', '/app/node_modules/uplot'],
  [
    '/app/node_modules/.pnpm/a@1/node_modules/@kobalte/core/dist/index.js',
    '/app/node_modules/.pnpm/a@1/node_modules/@kobalte/core',
  ],
  ['\0/app/node_modules/solid-js/dist/solid.js?commonjs', '/app/node_modules/solid-js'],
  ['/app/packages/ui/src/App.tsx', undefined],
])('knows whose module %s is', (id, folder) => {
  expect(packageOf(id)).toBe(folder)
})

it('names every package with its licence, and says their texts', () => {
  const text = printLicences([
    { name: 'uplot', version: '1.6.32', licence: 'MIT', text: 'Copyright (c) Leon Sorokin\n' },
    { name: '@kobalte/core', version: '0.13.11', licence: 'MIT', text: '' },
  ])
  expect(text).toContain('@kobalte/core 0.13.11: MIT\nuplot 1.6.32: MIT\n')
  expect(text).toContain('uplot 1.6.32\n\nCopyright (c) Leon Sorokin\n')
  expect(text).toContain('@kobalte/core 0.13.11\n\nNo text is shipped with it.')
})
