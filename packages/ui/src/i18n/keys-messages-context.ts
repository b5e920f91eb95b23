import { createContext, useContext } from 'solid-js'
import { enKeys } from './en-keys.ts'
import type { KeysMessages } from './keys-messages.ts'
import type { Messages } from './messages.ts'
import { useMessages } from './messages-context.ts'

/** What the Keys page adds to the catalogue, in the language in use. */
export const KeysMessagesContext = createContext<Omit<KeysMessages, keyof Messages>>(enKeys)

export const useKeysMessages = (): KeysMessages => ({ ...useMessages(), ...useContext(KeysMessagesContext) })
