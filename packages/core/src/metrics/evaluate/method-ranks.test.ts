import { expect, it } from 'vitest'
import { counterSlots, metricNamed, orNull } from '../vectors.contract.ts'
import { evaluateMetric } from './evaluate-metric.ts'
import { rankedMethod } from './method-ranks.ts'

const calls = [
  counterSlots('grpc_handled', [1, 2, 3], { method: 'Put', class: 'ok' }),
  counterSlots('grpc_handled', [0, 1, 1], { method: 'Put', class: 'failed' }),
  counterSlots('grpc_handled', [9, 0, 0], { method: 'Range', class: 'ok' }),
  counterSlots('grpc_handled', [4, 4, 0], { method: 'Txn', class: 'ok' }),
  counterSlots('grpc_handled', [0, 0, 0], { method: 'Compact', class: 'ok' }),
]
const rank = (n: number) => metricNamed(`grpc_method_${n}_count`)

it('are fixed by the newest tick of the window, all classes together, then by name', () => {
  expect([0, 1, 2].map((n) => rankedMethod(rank(n), calls))).toEqual(['Range', 'Put', 'Txn'])
  expect(orNull(evaluateMetric(rank(0), calls, 3))).toEqual([9, 9, 9])
  expect(orNull(evaluateMetric(rank(1), calls, 3))).toEqual([1, 4, 8])
  expect(orNull(evaluateMetric(rank(2), calls, 3))).toEqual([4, 8, 8])
})

it('have no value beyond the methods with calls', () => {
  expect(rankedMethod(rank(3), calls)).toBeUndefined()
  expect(orNull(evaluateMetric(rank(3), calls, 3))).toEqual([null, null, null])
  expect(rankedMethod(rank(0), [])).toBeUndefined()
})

it('name no method for a metric that has no rank', () => {
  expect(rankedMethod(metricNamed('grpc_server_handled_total'), calls)).toBeUndefined()
})
