import { systemClock } from '@etcdmonitor/adapters/node/clock'

const GONE_LIMIT = 3_000
const LOOK_AGAIN = 20

/** Kills all that is left of a process group, and waits until it is gone, at most 3 s: nobody may collect its zombies. */
export async function killGroup(group: number): Promise<void> {
  const deadline = systemClock.monotonic() + GONE_LIMIT
  while (signalGroup(group, 'SIGKILL') && systemClock.monotonic() < deadline)
    await systemClock.sleep(LOOK_AGAIN, new AbortController().signal)
}

/** False when there is no such group. */
function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-group, signal)
  } catch {
    return false
  }
}
