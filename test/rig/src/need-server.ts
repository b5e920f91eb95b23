import { it } from 'vitest'
import { findServer, type ServerName } from './servers.ts'

/**
 * Calls `body`, which defines tests, with the path of the server. Where the server is missing the tests are not
 * defined; one takes their place, which is skipped with the reason, or fails when `CI` is `true`.
 */
export function needServer(name: ServerName, body: (path: string) => void): void {
  const path = findServer(name)
  if (path) {
    body(path)
    return
  }
  const reason = `the server ${name} is missing`
  it(`needs ${name}`, ({ skip }) => {
    if (process.env.CI === 'true') throw new Error(reason)
    skip(reason)
  })
}
