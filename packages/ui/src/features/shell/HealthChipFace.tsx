import { Icon } from '../../components/Icon.tsx'
import type { ChipLook } from './health-model.ts'
import './HealthChip.css'

export function HealthChipFace(props: { readonly look: ChipLook }) {
  return (
    <>
      <Icon name={props.look.icon} />
      <span class="health-chip-text">{props.look.text}</span>
    </>
  )
}
