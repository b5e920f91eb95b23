import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'
import { CommandFailed } from '../command-failed.ts'

export interface Terminal {
  readonly input: ReadStream
  readonly output: WriteStream
}

/** Asks for one line. @throws CommandFailed when the person breaks off */
export type AskSecret = (prompt: string) => Promise<string>

/** Where a person types; undefined when input or messages go elsewhere. */
export const findTerminal = (): Terminal | undefined =>
  process.stdin.isTTY && process.stderr.isTTY ? { input: process.stdin, output: process.stderr } : undefined

/** Runs a dialogue in which nothing that is typed is shown, also what is typed ahead. */
export async function withSecrets<T>(
  { input, output }: Terminal,
  dialogue: (ask: AskSecret) => Promise<T>,
): Promise<T> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 })
  const answers = lines[Symbol.asyncIterator]()
  try {
    return await dialogue(async (prompt) => {
      output.write(prompt)
      const { value, done } = await answers.next()
      output.write('\n')
      if (done) throw new CommandFailed('broken off; nothing was changed') // Ctrl-C, Ctrl-D
      return value
    })
  } finally {
    lines.close()
  }
}
