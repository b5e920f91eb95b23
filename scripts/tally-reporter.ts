import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * Prints why tests were skipped, and last `N passed, N failed, N skipped`, which .ci/run reads. Errors outside tests,
 * tests that did not end, and modules that failed without a failed test count as failed.
 */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 }
    const notes = new Map<string, number>()
    for (const module of modules) {
      const before = counts.failed
      for (const test of module.children.allTests()) {
        const result = test.result()
        counts[result.state === 'pending' ? 'failed' : result.state] += 1
        if (result.state === 'skipped' && result.note)
          notes.set(result.note, (notes.get(result.note) ?? 0) + 1)
      }
      if (module.state() === 'failed' && counts.failed === before) counts.failed += 1
    }
    for (const [note, count] of notes) console.log(`${count} skipped: ${note}`)
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  }
}
