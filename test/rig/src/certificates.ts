import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SCRIPT = fileURLToPath(new URL('../../../infra/gen-certs/gen-certs.sh', import.meta.url))

/** PEM files. */
export interface KeyPair {
  readonly certFile: string
  readonly keyFile: string
}

/** All are signed by one CA, which no other call of `makeCertificates` shares. */
export interface Certificates extends AsyncDisposable {
  readonly caFile: string
  /** For 127.0.0.1 and localhost; good as a client certificate too. */
  readonly server: KeyPair
  /** Client certificate; its common name is `monitor`. */
  readonly client: KeyPair
  /** As `server`, but its time is over. */
  readonly expired: KeyPair
  /** A server's, for 127.0.0.2 and other.invalid. */
  readonly wrongName: KeyPair
}

/** Makes certificates with openssl, in a temporary folder that goes when they are disposed of. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-certificates-'))
  const issue = async (name: string, hosts: readonly string[], env = {}): Promise<KeyPair> => {
    await promisify(execFile)(SCRIPT, [folder, name, ...hosts], { env: { ...process.env, ...env } })
    return { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}-key.pem`) }
  }
  const local = ['127.0.0.1', 'localhost']
  return {
    caFile: join(folder, 'ca.pem'),
    server: await issue('server', local),
    client: await issue('monitor', []),
    expired: await issue('expired', local, { NOT_AFTER: '20210101000000Z' }),
    wrongName: await issue('wrong-name', ['127.0.0.2', 'other.invalid']),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
