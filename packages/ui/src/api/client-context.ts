import { createContext, useContext } from 'solid-js'
import type { Client } from './client.ts'

export const ClientContext = createContext<Client>()

export function useClient(): Client {
  const client = useContext(ClientContext)
  if (!client) throw new Error('no ClientContext around this component')
  return client
}
