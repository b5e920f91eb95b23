import { buildUi } from '@etcdmonitor/cli/build-ui'

/** Builds the interface when its sources changed: the programs under test serve it. */
export default async function buildOnce(): Promise<void> {
  await buildUi()
}
