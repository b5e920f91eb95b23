/** Keys of one transaction; the server is started with room for them. */
const PER_TXN = 2_000
const AT_ONCE = 4

/** Of the etcd that takes these keys. */
export const ETCD_FLAGS: readonly string[] = [
  `--max-txn-ops=${PER_TXN}`,
  '--quota-backend-bytes=4294967296',
  '--max-request-bytes=4194304',
]

/** 1,000,000 keys in 8 levels below ten directories. */
function* deep(): Generator<string> {
  for (let number = 0; number < 1_000_000; number += 1) {
    const [a, b, c, d, e, f] = String(number).padStart(6, '0')
    yield `/a${a}/b${b}/c${c}/d${d}/e${e}/f${f}/g/leaf`
  }
}

function* inDirectories(name: string, directories: number, each: number): Generator<string> {
  for (let directory = 0; directory < directories; directory += 1)
    for (let key = 0; key < each; key += 1) yield `/${name}/${directory}/${String(key).padStart(6, '0')}`
}

/** 200,000 keys directly in one directory. */
function* flat(): Generator<string> {
  for (let number = 0; number < 200_000; number += 1) yield `/flat/${String(number).padStart(6, '0')}`
}

/** What L9 browses: 13 children of the root, of them `/five` with 5,000 keys and `/twenty` with 20,000. */
function* allKeys(): Generator<string> {
  yield* deep()
  yield* flat()
  yield* inDirectories('five', 10, 500)
  yield* inDirectories('twenty', 10, 2_000)
}

export const KEY_COUNT = 1_225_000

/** Puts them by etcd's JSON gateway. */
export async function loadKeys(url: string): Promise<void> {
  const keys = allKeys()
  const worker = async () => {
    for (let batch = take(keys); batch.length > 0; batch = take(keys)) await putAll(url, batch)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

function take(keys: Generator<string>): readonly string[] {
  const batch: string[] = []
  while (batch.length < PER_TXN) {
    const { value, done } = keys.next()
    if (done) break
    batch.push(value)
  }
  return batch
}

const VALUE = Buffer.from('x'.repeat(16)).toString('base64')

/** One key, whose value is text. */
export const putValue = (url: string, key: string, value: string): Promise<void> =>
  call(url, 'kv/put', {
    key: Buffer.from(key).toString('base64'),
    value: Buffer.from(value).toString('base64'),
  })

async function putAll(url: string, keys: readonly string[]): Promise<void> {
  const success = keys.map((key) => ({
    request_put: { key: Buffer.from(key).toString('base64'), value: VALUE },
  }))
  await call(url, 'kv/txn', { success })
}

async function call(url: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`${url}/v3/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(60_000),
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${(await answer.text()).slice(0, 200)}`)
  await answer.arrayBuffer()
}
