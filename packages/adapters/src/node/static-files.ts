import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}
/** By preference; the build writes these beside the files. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/
const PAGE = /^\/[A-Za-z0-9/_-]*$/

interface StaticFile {
  readonly headers: Readonly<Record<string, string>>
  readonly plain: Uint8Array<ArrayBuffer>
  readonly encoded: readonly { readonly name: string; readonly body: Uint8Array<ArrayBuffer> }[]
}

/** Segments that a path may have beyond the one of a page. */
const MAX_DEPTH = 16

/**
 * The built user interface, read into memory once (about 2 MB): what is not in it then cannot be asked for, whatever the path. Paths of
 * pages (api.md 1.1) give `index.html`; below the first level there is no page, but what the user interface says of that is found from
 * there. Undefined: there is no such file.
 */
export function loadStaticFiles(folder: string): (request: Request) => Response | undefined {
  const files = new Map(
    globSync('**/*', { cwd: folder })
      .filter((name) => extname(name) in TYPES && statSync(join(folder, name)).isFile())
      .map((name) => [`/${name.replaceAll('\\', '/')}`, loadFile(folder, name)]),
  )
  const index = files.get('/index.html')
  const pages = index ? Array.from({ length: MAX_DEPTH + 1 }, (_, depth) => seenFrom(depth, index)) : []
  return (request) => {
    const { pathname } = new URL(request.url)
    const file = files.get(pathname) ?? (isPage(pathname) ? pages[pathname.split('/').length - 2] : undefined)
    return file && answer(file, request.headers)
  }
}

/** The page with its relative addresses as they are `depth` levels further down: a proxy's prefix is not known here. */
function seenFrom(depth: number, index: StaticFile): StaticFile {
  if (depth === 0) return index
  const html = Buffer.from(index.plain).toString()
  const up = '../'.repeat(depth)
  const plain = new Uint8Array(Buffer.from(html.replaceAll(/(?<= (?:href|src)=")\.\//g, up)))
  const { Vary: _, ...headers } = index.headers
  return { plain, encoded: [], headers: { ...headers, ETag: tagOf(plain) } }
}

/** Not where a proxy passed its own prefix on: `/tools/api/status` must not look like a page. */
const isPage = (path: string): boolean =>
  PAGE.test(path) && !path.includes('//') && path !== '/metrics' && !/\/api(?:\/|$)/i.test(path)

function loadFile(folder: string, name: string): StaticFile {
  const plain = new Uint8Array(readFileSync(join(folder, name)))
  const encoded = ENCODINGS.flatMap(({ name: encoding, suffix }) => {
    const file = join(folder, name + suffix)
    return existsSync(file) ? [{ name: encoding, body: new Uint8Array(readFileSync(file)) }] : []
  })
  return {
    plain,
    encoded,
    headers: {
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
      'Cache-Control': HASHED.test(`/${name}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: tagOf(plain),
      ...(encoded.length > 0 && { Vary: 'Accept-Encoding' }),
    },
  }
}

const tagOf = (plain: Uint8Array): string =>
  `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`

function answer({ headers, plain, encoded }: StaticFile, asked: Headers): Response {
  if (asked.get('if-none-match') === headers.ETag)
    return new Response(null, { status: 304, headers: { ...headers } })
  const accepted = (asked.get('accept-encoding') ?? '').split(',').map((part) => part.trim())
  const best = encoded.find(({ name }) =>
    accepted.some((part) => part === name || part.startsWith(`${name};`)),
  )
  if (!best) return new Response(plain, { headers: { ...headers } })
  return new Response(best.body, { headers: { ...headers, 'Content-Encoding': best.name } })
}
