import { runFront } from '../demo/front.ts'
import type { DemoAddress } from '../demo/keeper-messages.ts'

export interface DemoOptions {
  readonly port?: number | undefined
  readonly json: boolean
  readonly hasInfluxdb: boolean
}

export const demo = ({ port, json, hasInfluxdb }: DemoOptions): Promise<number> =>
  runFront({ port, hasInfluxdb, logLevel: json ? 'info' : 'warn', print: json ? printJson : printText })

const printJson = (address: DemoAddress) => console.log(JSON.stringify(address))

const printText = ({ url, username, password, etcd, influxdb, data }: DemoAddress) =>
  console.log(`
  etcdmonitor is ready

    address   ${url}
    user      ${username}
    password  ${password}   (to be changed at the first sign-in)

    etcd      ${etcd.join(', ')}${influxdb === undefined ? '' : `\n    influxdb  ${influxdb}`}
    data      ${data}

  Ctrl-C ends everything and removes the data.
`)
