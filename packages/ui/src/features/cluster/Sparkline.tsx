import type { Column } from '../../api/answers.ts'
import './Sparkline.css'

const WIDTH = 112
const HEIGHT = 16

/** The last hour in small: its shape alone, since the value stands beside it. Nothing is drawn over a gap. */
export function Sparkline(props: { readonly values: Column }) {
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path d={pathOf(props.values)} />
    </svg>
  )
}

/** From 0 to the largest value: a calm line stays low, whatever its noise. */
function pathOf(values: Column): string {
  const largest = Math.max(...values.map((value) => value ?? 0))
  const steps = Math.max(1, values.length - 1)
  const parts: string[] = []
  let isOpen = false
  for (const [at, value] of values.entries()) {
    if (value === null) {
      isOpen = false
      continue
    }
    const x = ((at / steps) * (WIDTH - 2) + 1).toFixed(1)
    const y = (HEIGHT - 1 - (largest === 0 ? 0 : value / largest) * (HEIGHT - 2)).toFixed(1)
    // a line of no length: one value alone is a dot
    parts.push(isOpen ? `L${x} ${y}` : `M${x} ${y}h0`)
    isOpen = true
  }
  return parts.join('')
}
