import { readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StartRefused } from '@etcdmonitor/core/errors'
import type { RandomBytes } from '@etcdmonitor/core/time'
import { whyRefused } from './file-errors.ts'
import { createDurably } from './write-durably.ts'

const MIN_BYTES = 32
const MAX_KEYS = 8
const OTHERS = 0o007
const GROUP = 0o070
const WANTED = 'a key as of openssl rand -hex 32'

export interface SecretFile {
  readonly file: string
  /** The default place, in our own folder: nobody else has to read it. */
  readonly isOurs: boolean
  /** Several hosts have the same: one that is missing is not made. */
  readonly isShared: boolean
  readonly random: RandomBytes
}

/**
 * The keys of the secret file, in its order: the first signs, all verify (security.md 5). Made with one key when it is missing and not
 * shared; of several processes at once one makes it.
 * @throws StartRefused with one line that names the file and the reason, never a key
 */
export async function openSecretFile(place: SecretFile): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const { file, isShared, random } = place
  return refusing(file, async () => {
    if (!(isShared || statSync(file, { throwIfNoEntry: false }))) await makeFile(file, random)
    const keys = await readSecretFile(place)
    if (keys.length === 0) throw new StartRefused([`${file}: holds no key; wanted ${WANTED}`])
    return keys
  })
}

/** What the file holds now; none is an answer. @throws StartRefused as `openSecretFile` */
export const readSecretFile = ({
  file,
  isOurs,
}: Pick<SecretFile, 'file' | 'isOurs'>): Promise<readonly Uint8Array<ArrayBuffer>[]> =>
  refusing(file, async () => {
    const fault = judgeMode(statSync(file).mode, isOurs)
    if (fault !== undefined) throw new StartRefused([`${file}: ${fault}`])
    return parseSecrets(file, readFileSync(file, 'utf8'))
  })

async function refusing<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof StartRefused) throw error
    throw new StartRefused([`${file}: ${whyRefused(error)}; wanted the secret file, with ${WANTED}`], {
      cause: error,
    })
  }
}

async function makeFile(file: string, random: RandomBytes): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const key = Buffer.from(random(MIN_BYTES)).toString('base64url')
  const content = `# signs sessions; keep it secret. One key a line, the first signs\n${key}\n`
  await createDurably({ file, content, mark: Buffer.from(random(8)).toString('hex') })
}

function judgeMode(mode: number, isOurs: boolean): string | undefined {
  if ((mode & OTHERS) !== 0) return `is open to others, mode ${(mode & 0o777).toString(8)}; chmod 600 it`
  if (isOurs && (mode & GROUP) !== 0)
    return `is open to its group, mode ${(mode & 0o777).toString(8)}; chmod 600 it`
  return undefined
}

/** @throws StartRefused */
function parseSecrets(file: string, text: string): readonly Uint8Array<ArrayBuffer>[] {
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
  const keys = lines.map(({ line }) => new Uint8Array(Buffer.from(line, 'base64url')))
  const problems = [
    ...(keys.length > MAX_KEYS ? [`holds ${keys.length} keys; at most ${MAX_KEYS} are allowed`] : []),
    ...lines.flatMap(({ line, number }, index) =>
      judgeKey(line, keys[index] ?? new Uint8Array()).map((why) => `line ${number} ${why}`),
    ),
    ...(new Set(keys.map(String)).size < keys.length ? ['holds a key twice'] : []), // a line may end in "=" or not
  ]
  if (problems.length > 0) throw new StartRefused(problems.map((problem) => `${file}: ${problem}`))
  return keys
}

function judgeKey(line: string, key: Uint8Array): readonly string[] {
  if (Buffer.from(key).toString('base64url') !== line.replace(/=+$/, ''))
    return [`is no base64url; wanted ${WANTED}`]
  if (key.length < MIN_BYTES) return [`is a key of ${key.length} bytes; wanted at least ${MIN_BYTES}`]
  return key.every((byte) => byte === key[0]) ? ['is a key whose bytes are all equal'] : []
}
