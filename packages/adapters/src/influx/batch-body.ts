import { promisify } from 'node:util'
import { constants, gunzipSync, gzip } from 'node:zlib'

const compress = promisify(gzip)

/** Lines as the outbox keeps them. Off this thread: a tick of a hundred members is megabytes of text. */
export const packLines = (lines: readonly string[]): Promise<Uint8Array> =>
  compress(lines.join('\n'), { level: constants.Z_BEST_SPEED })

/** `[]` for a body that the disk did not keep: its checksum tells. */
export function unpackLines(body: Uint8Array): readonly string[] {
  try {
    return gunzipSync(body).toString().split('\n')
  } catch {
    return []
  }
}
