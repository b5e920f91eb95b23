import { createContext, useContext } from 'solid-js'
import { en } from './en.ts'
import type { Messages } from './messages.ts'

/** The catalogue in use: English, unless a test puts another one around a component. */
export const MessagesContext = createContext<Messages>(en)

export const useMessages = (): Messages => useContext(MessagesContext)
