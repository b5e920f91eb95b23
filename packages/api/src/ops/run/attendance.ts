/** Runs that something in this process is busy with; more than one thing may be. */
export interface Attendance {
  add(runId: string): void
  /** Once for each `add`. */
  delete(runId: string): void
  has(runId: string): boolean
}

export function createAttendance(): Attendance {
  const counts = new Map<string, number>()
  return {
    add(runId) {
      counts.set(runId, (counts.get(runId) ?? 0) + 1)
    },
    delete(runId) {
      const left = (counts.get(runId) ?? 0) - 1
      if (left > 0) counts.set(runId, left)
      else counts.delete(runId)
    },
    has: (runId) => counts.has(runId),
  }
}
