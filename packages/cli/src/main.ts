#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { AppError, StartRefused } from '@etcdmonitor/core/errors'
import { PRODUCT_VERSION } from '@etcdmonitor/core/version'
import { CommandFailed } from './command-failed.ts'
import { type CommandLine, parseCommandLine, USAGE, UsageError } from './command-line.ts'
import { EXIT } from './exit-codes.ts'

/** Beside the program: who may write there may change the program itself, which is not so of the folder for temporary files. */
const COMPILED = fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url))

/** What one start has compiled, the next takes from there. Where nothing can be written, as in the image, each compiles all of it, without a word. */
function keepCompiled(): void {
  enableCompileCache(COMPILED)
  process.env.NODE_COMPILE_CACHE ??= COMPILED // what is started from here inherits it
}

/** Returns the exit code, unless an entry has taken this process over. Commands are loaded on demand: `demo` needs a checkout, and the entries load whole servers. */
async function run(line: CommandLine): Promise<number | undefined> {
  switch (line.command) {
    case 'help':
      process.stdout.write(USAGE)
      return EXIT.done
    case 'version':
      process.stdout.write(`etcdmonitor ${PRODUCT_VERSION}\n`)
      return EXIT.done
    case 'check-config':
      return (await import('./commands/check-config.ts')).checkConfig(line)
    case 'start':
      return (await import('./commands/start.ts')).start(line)
    case 'demo':
      return (await import('./commands/demo.ts')).demo(line)
    case 'users':
      return (await import('./commands/users.ts')).users(line)
    case 'reset-password':
      return (await import('./commands/reset-password.ts')).resetPassword(line)
    case 'unlock':
      return (await import('./commands/unlock.ts')).unlock(line)
    case 'audit-export':
      return (await import('./commands/audit-export.ts')).auditExport(line)
    case 'api':
    case 'collector':
      return void (await (await import('./commands/become-entry.ts')).becomeEntry(line.command, line.config))
  }
}

function report(error: unknown): number {
  if (error instanceof StartRefused) {
    for (const problem of error.problems) console.error(problem)
    return EXIT.refused
  }
  if (error instanceof UsageError) {
    console.error(`etcdmonitor: ${error.message}; see etcdmonitor --help`)
    return EXIT.usage
  }
  if (error instanceof CommandFailed || error instanceof AppError) {
    console.error(`etcdmonitor: ${error.message}${reasonOf(error)}`)
    return EXIT.failed
  }
  console.error(error)
  return EXIT.bug
}

/** What a driver said, where that is the news. */
const reasonOf = ({ cause }: Error): string => (cause instanceof Error ? `: ${cause.message}` : '')

// a closed terminal or pipe gives EIO or EPIPE: what we say is lost, nothing else
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

keepCompiled()
try {
  process.exitCode = (await run(parseCommandLine(process.argv.slice(2)))) ?? process.exitCode
} catch (error) {
  process.exitCode = report(error)
}
