import { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { gzip as compress, createGzip } from 'node:zlib'

const inBackground = promisify(compress)

/** Beside the event loop. At the fastest level: an answer of 60 kB takes half the time and grows by 2 %. */
export const gzip = (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  inBackground(bytes, { level: 1 })

/** The same of a stream: `CompressionStream` has no levels, and takes more than twice the time for text that comes out a sixth smaller. */
export const gzipStream = () => Duplex.toWeb(createGzip({ level: 1 }))
