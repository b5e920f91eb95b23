import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from '@etcdmonitor/rig/child'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { eventually } from '../eventually.ts'

export interface Nginx extends AsyncDisposable {
  readonly url: string
  /** Where it would keep what it buffers of answers on disk. */
  readonly bufferFolder: string
}

/** nginx of this path before `target`; but for its places all is as by default. */
export async function startNginx(path: string, target: string): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-nginx-'))
  const [port] = await freePorts(1)
  const bufferFolder = join(folder, 'proxy')
  const kept = ['client_body', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  )
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off;
master_process off;
pid ${join(folder, 'pid')};
error_log stderr;
events {}
http {
  access_log off;
  proxy_temp_path ${bufferFolder};
  ${kept.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass ${target}; }
  }
}
`,
  )
  const args = ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')]
  const child = await startChild({ command: path, args, env: { PATH: process.env.PATH } })
  const dispose = async () => {
    await child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await eventually('nginx that listens', () => isListening(port ?? 0))
  } catch (error) {
    await dispose()
    throw new Error(`nginx does not listen; it says:\n${child.logs()}`, { cause: error })
  }
  return { url: `http://127.0.0.1:${port}`, bufferFolder, [Symbol.asyncDispose]: dispose }
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
