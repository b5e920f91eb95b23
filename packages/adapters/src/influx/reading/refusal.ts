import type { HttpError } from '@influxdata/influxdb-client'

const MAX_SHOWN = 200

/** An answer of the server that is no success. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: number

  constructor(status: number, message: string) {
    super(`${status}: ${message}`)
    this.status = status
  }
}

/** Of the client's error what may be logged: the server's words, bounded, and without our token where it says that. */
export const toRefusal = ({ statusCode, message }: HttpError, token: string): Refusal =>
  new Refusal(statusCode, (token === '' ? message : message.replaceAll(token, '***')).slice(0, MAX_SHOWN))
