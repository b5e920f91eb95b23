import { openInProcessRange } from './in-process-range.ts'
import type { RangeRequest } from './loaded-console.ts'
import { median, timed } from './measure.ts'

/** `cold-read.ts <folder> <interval> <request>`: prints what the first answer of a process takes, and what the later ones take, ms. */
const [folder = '', interval = '', text = ''] = process.argv.slice(2)
const request = JSON.parse(text) as RangeRequest // of our own bench
const ROUNDS = 11

const begun = performance.now()
await using range = await openInProcessRange(folder, Number(interval))
await range.answer(request)
const cold = performance.now() - begun
const warm: number[] = []
for (let round = 0; round < ROUNDS; round++) warm.push(await timed(() => range.answer(request)))
console.log(JSON.stringify({ cold, warm: median(warm) }))
