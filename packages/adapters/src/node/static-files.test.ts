import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadStaticFiles } from './static-files.ts'

const PAGE = '<!doctype html><a href="./">start</a><script src="./theme.js"></script>'
let folder: string
let files: ReturnType<typeof loadStaticFiles>

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-pages-'))
  const dist = join(folder, 'dist')
  mkdirSync(join(dist, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'config.yaml'), 'secret')
  writeFileSync(join(dist, 'index.html'), PAGE)
  writeFileSync(join(dist, 'theme.js'), 'plain')
  writeFileSync(join(dist, '.inputs'), 'hash')
  writeFileSync(join(dist, 'assets', 'main-BC3x_k-9.js'), 'plain script')
  writeFileSync(join(dist, 'assets', 'main-BC3x_k-9.js.br'), 'brotli')
  writeFileSync(join(dist, 'assets', 'main-BC3x_k-9.js.gz'), 'gzip')
  symlinkSync(folder, join(dist, 'out'))
  files = loadStaticFiles(dist)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ask = async (path: string, headers: Record<string, string> = {}) => {
  const answer = files(new Request(`http://console.test${path}`, { headers }))
  return (
    answer && {
      status: answer.status,
      text: await answer.text(),
      headers: Object.fromEntries(answer.headers),
    }
  )
}

it('serves a file with its type, to be asked again for', async () => {
  expect(await ask('/theme.js?_=1')).toMatchObject({
    status: 200,
    text: 'plain',
    headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache' },
  })
})

it('serves a file with a hash in its name for good, as small as the client takes it', async () => {
  const path = '/assets/main-BC3x_k-9.js'
  const plain = await ask(path)
  expect(plain?.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
  })
  expect(plain?.headers).not.toHaveProperty('content-encoding')
  expect(plain?.text).toBe('plain script')
  expect(await ask(path, { 'accept-encoding': 'gzip, deflate' })).toMatchObject({
    text: 'gzip',
    headers: { 'content-encoding': 'gzip', 'content-type': 'text/javascript; charset=utf-8' },
  })
  expect(await ask(path, { 'accept-encoding': 'gzip, br;q=1.0' })).toMatchObject({
    text: 'brotli',
    headers: { 'content-encoding': 'br' },
  })
})

it('sends nothing again that the client has', async () => {
  const first = await ask('/')
  const again = await ask('/', { 'if-none-match': first?.headers.etag ?? '' })
  expect(again).toMatchObject({ status: 304, text: '' })
})

it.each(['/', '/login', '/monitor', '/index.html', '/apis', '/my-api-page'])(
  'answers %s with the page',
  async (path) => {
    expect((await ask(path))?.text).toBe(PAGE)
  },
)

it.each([
  ['/keys/some_thing', '../'],
  ['/monitor/', '../'],
  ['/a/b/c', '../../'],
])('answers %s, where no page is, with the page as it is found from there', async (path, up) => {
  const text = `<!doctype html><a href="${up}">start</a><script src="${up}theme.js"></script>`
  const first = await ask(path)
  expect(first).toMatchObject({ status: 200, text, headers: { 'cache-control': 'no-cache' } })
  const tag = first?.headers.etag ?? ''
  expect(await ask(path, { 'if-none-match': tag })).toMatchObject({ status: 304 })
  expect(await ask('/monitor', { 'if-none-match': tag })).toMatchObject({ status: 200 })
})

it('has no page however deep', async () => {
  expect(await ask('/a'.repeat(17))).toMatchObject({ status: 200 })
  expect(await ask('/a'.repeat(18))).toBeUndefined()
})

it.each([
  '/nothing.js',
  '/metrics',
  '//api/status',
  '/API/Status',
  '/tools/api/status',
  '/tools/api',
  '/%2e%2e/config.yaml',
  '/..%2f..%2fconfig.yaml',
  '/out/config.yaml',
  '/.inputs',
  '/assets/main-BC3x_k-9.js.br',
  '/assets//main-BC3x_k-9.js',
  '/monitor:x',
  '/__proto__.js',
])('G3 G7 has nothing at %s', async (path) => {
  expect(await ask(path)).toBeUndefined()
})

it('has nothing when the interface was not built', () => {
  const none = loadStaticFiles(join(folder, 'none'))
  expect(none(new Request('http://console.test/'))).toBeUndefined()
})
