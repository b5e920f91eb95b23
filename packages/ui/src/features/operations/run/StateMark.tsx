import { Icon } from '../../../components/Icon.tsx'
import type { Mark } from './run-marks.ts'
import './StateMark.css'

export function StateMark(props: { readonly mark: Mark; readonly text: string }) {
  return (
    <span class="operations-mark" data-role={props.mark.role}>
      <Icon name={props.mark.icon} />
      {props.text}
    </span>
  )
}
