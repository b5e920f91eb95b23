import { hasAlarm } from './active-alarms.ts'
import type { Checks, Finding } from './check-codes.ts'
import { CHECK_RULES, type Rule } from './check-rules.ts'
import type { OperationFacts } from './operation-facts.ts'
import type { Target } from './operation-target.ts'

/** What stands in the way of an operation on this target, and what is to be said beside it (operations.md 5.2). Pure. */
export function checkOperation(target: Target, facts: OperationFacts): Checks {
  const found = CHECK_RULES.flatMap((rule) => {
    const weight = weigh(rule, target, facts)
    if (!weight) return []
    return rule
      .find(facts, target)
      .map((finding: Finding) => ({ weight, check: { code: rule.code, ...finding } }))
  })
  return {
    blockers: found.filter(({ weight }) => weight === 'blocks').map(({ check }) => check),
    warnings: found.filter(({ weight }) => weight === 'warns').map(({ check }) => check),
  }
}

/** Writes are refused already while NOSPACE is active, and a defragmentation is the only cure: quorum is no reason then to refuse one. */
function weigh({ code, weights }: Rule, { column }: Target, { view }: OperationFacts) {
  const weight = weights[column]
  const isCure = code === 'quorum_at_risk' && column === 'defragment' && hasAlarm(view, 'NOSPACE')
  return isCure ? 'warns' : weight
}
