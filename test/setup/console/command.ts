import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'

const MAIN = 'packages/cli/src/main.ts'
const LIMIT = 120_000

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

type Settings = Readonly<Record<string, string>>

function environment(env: Settings): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  return { PATH, HOME, NODE_COMPILE_CACHE, ...env }
}

/** Runs a command of ours to its end, without a terminal; its input is empty. */
export function runCommand(args: readonly string[], env: Settings): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const options = { env: environment(env), timeout: LIMIT }
    const child = execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error)
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
    child.stdin?.end()
  })
}

/** One answer at a terminal: typed, with the Return key, when the prompt has come. */
export interface Typed {
  readonly prompt: string
  readonly answer: string
}

/** The same at a terminal of its own (`script` of util-linux); `shown` is all that stands on it in the end. */
export async function typeAtCommand(
  args: readonly string[],
  env: Settings,
  answers: readonly Typed[],
): Promise<{ readonly code: number; readonly shown: string }> {
  const line = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    env: environment(env),
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: LIMIT,
  })
  let shown = ''
  let read = 0
  const left = [...answers]
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    const [next] = left
    const at = next ? shown.indexOf(next.prompt, read) : -1
    if (!next || at < 0) return
    left.shift()
    read = at + next.prompt.length
    child.stdin.write(`${next.answer}\r`)
  })
  const [code] = await once(child, 'close')
  child.stdin.end()
  return { code, shown }
}
