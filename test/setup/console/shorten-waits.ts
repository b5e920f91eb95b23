import { registerHooks } from 'node:module'
import type { Waits } from './short-waits.ts'

/** Loaded before a program: gives constants of its sources other values. A constant that is not found once ends the program. */
const { SHORT_WAITS = '{}' } = process.env
const waits = Object.entries(JSON.parse(SHORT_WAITS) as Waits)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const found = waits.find(([file]) => url.endsWith(`/packages/${file}`))
    if (!found) return loaded
    const source = Buffer.from(loaded.source as Uint8Array).toString() // of a module that is read from a file
    return { ...loaded, source: Object.entries(found[1]).reduce(replaceConstant, source) }
  },
})

function replaceConstant(source: string, [name, value]: [string, number]): string {
  const [before, after, ...more] = source.split(new RegExp(`(?<=^const ${name} = )[\\d_]+$`, 'm'))
  if (after === undefined || more.length > 0)
    throw new Error(`the constant ${name} does not stand there once`)
  return `${before}${value}${after}`
}
