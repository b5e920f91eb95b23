import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * Prints why tests were skipped, which passed only as they were tried again, and last `N passed, N failed, N skipped`, which
 * .ci/run reads. Errors outside tests, tests that did not end, and modules that failed without a failed test count as failed.
 */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 }
    const notes = new Map<string, number>()
    const triedAgain: string[] = []
    for (const module of modules) {
      const before = counts.failed
      for (const test of module.children.allTests()) {
        const result = test.result()
        counts[result.state === 'pending' ? 'failed' : result.state] += 1
        if (result.state === 'skipped' && result.note)
          notes.set(result.note, (notes.get(result.note) ?? 0) + 1)
        if (test.diagnostic()?.flaky) triedAgain.push(`${module.relativeModuleId} > ${test.fullName}`)
      }
      if (module.state() === 'failed' && counts.failed === before) counts.failed += 1
    }
    for (const [note, count] of notes) console.log(`${count} skipped: ${note}`)
    for (const name of triedAgain) console.log(`passed when tried again: ${name}`)
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  }
}
