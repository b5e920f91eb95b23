import { type Child, startChild } from './child.ts'

/** A program of ours takes seconds of a core to start. */
const LINE_DEADLINE = 120_000
const SHOWN = 2_000

/** A line that a program wrote, and what it holds when it is a JSON object. */
export interface LogLine {
  readonly text: string
  readonly json: Readonly<Record<string, unknown>> | undefined
}

export interface Program extends Child {
  /**
   * The first line, also of those already written, that satisfies `predicate`.
   * @throws Error with the end of the log when there is none within `deadline` ms, or when the program ends.
   */
  waitForLine(predicate: (line: LogLine) => boolean, deadline?: number): Promise<LogLine>
}

export interface ProgramOptions {
  /** Arguments of Node: a file of ours, then its own. */
  readonly args: readonly string[]
  /** Added to an environment that holds `PATH`, `HOME`, `NODE_COMPILE_CACHE` and `NODE_ENV=test` alone. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Starts one of our programs with this process's Node. It ends with us, or when disposed of (SIGKILL). */
export async function startProgram({ args, env = {}, cwd }: ProgramOptions): Promise<Program> {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const child = await startChild({
    command: process.execPath,
    args,
    env: { PATH, HOME, NODE_COMPILE_CACHE, NODE_ENV: 'test', ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
  return {
    ...child,
    waitForLine: (predicate, deadline = LINE_DEADLINE) => waitForLine(child, predicate, deadline),
  }
}

async function waitForLine(
  child: Child,
  predicate: (line: LogLine) => boolean,
  deadline: number,
): Promise<LogLine> {
  const { promise, resolve, reject } = Promise.withResolvers<LogLine>()
  const fail = (why: string) => reject(new Error(`${why}; its log ends:\n${child.logs().slice(-SHOWN)}`))
  const timer = setTimeout(() => fail(`no such line within ${deadline} ms`), deadline)
  void child.exited.then(({ code, signal }) => fail(`the program ended with ${signal ?? code}`))
  const stopListening = child.onLine((text) => {
    const line = { text, json: parseObject(text) }
    if (predicate(line)) resolve(line)
  })
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    stopListening()
  }
}

function parseObject(text: string): LogLine['json'] {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined // text that only looks like it
  }
}
