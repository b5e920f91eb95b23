import { createContext, useContext } from 'solid-js'
import type { ClusterMessages } from './cluster-messages.ts'
import { enCluster } from './en-cluster.ts'
import type { Messages } from './messages.ts'
import { useMessages } from './messages-context.ts'

/** What the Cluster page adds to the catalogue, in the language in use. */
const ClusterMessagesContext = createContext<Omit<ClusterMessages, keyof Messages>>(enCluster)

export const useClusterMessages = (): ClusterMessages => ({
  ...useMessages(),
  ...useContext(ClusterMessagesContext),
})
