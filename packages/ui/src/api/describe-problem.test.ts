import { describe, expect, it } from 'vitest'
import { en } from '../i18n/en.ts'
import { describeProblem } from './describe-problem.ts'
import { badAnswer, networkProblem, Problem } from './problem.ts'

const fields = { status: 503, title: 'Server title', detail: 'why', requestId: '01J', items: [], more: {} }

describe('describeProblem', () => {
  it('says what it knows by the code, and quotes the server below', () => {
    expect(describeProblem(new Problem('storage_unavailable', fields), en)).toEqual({
      title: 'History is not available at the moment',
      advice: 'Live states still work.',
      detail: 'why',
      canRetry: true,
      reference: 'storage_unavailable · request 01J',
    })
  })

  it.each(['brand_new', 'constructor', '__proto__'])(
    'of the unknown code %s shows what the server says',
    (code) => {
      expect(describeProblem(new Problem(code, fields), en)).toMatchObject({
        title: 'Server title',
        detail: 'why',
      })
    },
  )

  it('offers no second try where it cannot help', () => {
    expect(describeProblem(new Problem('member_not_found', fields), en).canRetry).toBe(false)
  })

  it.each([
    [200, en.proxy.prefix],
    [404, en.proxy.prefix],
    [413, en.proxy.tooLarge],
    [502, en.proxy.unreachable],
    [504, en.proxy.unreachable],
  ])('names the proxy that answers %d', (status, advice) => {
    expect(describeProblem(badAnswer(status, ''), en).advice).toBe(advice)
  })

  it('has a reference without a request where nobody answered', () => {
    expect(describeProblem(networkProblem(new Error('x')), en).reference).toBe('network')
  })
})
