import { expect, it } from 'vitest'
import { isBefore35, isFailureFatal, isKnownBad, isUnmaintained } from './known-versions.ts'

it.each([
  ['3.4.23', false, true, true],
  ['3.4.35', false, false, true],
  ['3.5.0', true, true, false],
  ['3.5.5', true, true, false],
  ['3.5.6', false, true, false],
  ['3.5.17', false, false, false],
  ['3.6.0', false, false, false],
  ['3.5.3-rc.1', true, true, false],
])('of %s: known bad %s, failure fatal %s, before 3.5 %s', (version, bad, fatal, old) => {
  expect([isKnownBad(version), isFailureFatal(version), isBefore35(version)]).toEqual([bad, fatal, old])
})

it('knows which releases get no fixes any more, and says so of none that it cannot read', () => {
  const versions = ['2.3.8', '3.3.27', '3.4.43', '3.5.0', '3.6.1', '4.0.0', '', 'unknown']
  expect(versions.filter(isUnmaintained)).toEqual(['2.3.8', '3.3.27', '3.4.43'])
})
