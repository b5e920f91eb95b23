import { Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Checkbox } from '../../components/Checkbox.tsx'
import { SortableList } from '../../components/SortableList.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import {
  countShown,
  type DraftGroup,
  type DraftItem,
  type LayoutDraft,
  moveItem,
  showAll,
  toggleItem,
} from './layout-draft.ts'

export interface LayoutGroupProps {
  readonly group: DraftGroup
  readonly draft: LayoutDraft
  readonly isListed: (item: DraftItem) => boolean
  readonly isFiltered: boolean
  readonly onChange: (next: LayoutDraft) => void
  /** For those who do not see where an item went. */
  readonly onSaid: (text: string) => void
}

/** The cards, or the panels of one section: a box for each, in an order that can be changed. */
export function LayoutGroup(props: LayoutGroupProps) {
  const { layout: texts } = useMessages()
  const title = () => props.group.title || texts.cards
  const listed = () => props.group.items.filter(props.isListed)
  const itemOf = (id: string) => props.group.items.find((item) => item.id === id)
  const isFull = () =>
    countShown(props.group) >= props.group.limit && props.group.limit < props.group.items.length
  const refusal = (item: DraftItem | undefined) =>
    item && !item.isShown && isFull() ? texts.tooMany(props.group.limit) : undefined
  const move = (from: number, to: number) => {
    const { id, items } = props.group
    props.onChange(moveItem(props.draft, id, from, to))
    props.onSaid(texts.moved(items[from]?.title ?? '', to + 1, items.length))
  }
  const all = (isShown: boolean) => props.onChange(showAll(props.draft, props.group.id, isShown))
  return (
    <Show when={listed().length > 0}>
      <section aria-label={title()}>
        <header class="layout-group-head">
          <h3>{title()}</h3>
          <span>
            {texts.shown(countShown(props.group), Math.min(props.group.limit, props.group.items.length))}
            <Show when={isFull()}> · {texts.tooMany(props.group.limit)}</Show>
          </span>
          <Show when={props.group.limit >= props.group.items.length && !props.isFiltered}>
            <Button kind="quiet" aria-label={texts.showAll(title())} onClick={() => all(true)}>
              {texts.showAllShort}
            </Button>
            <Button kind="quiet" aria-label={texts.hideAll(title())} onClick={() => all(false)}>
              {texts.hideAllShort}
            </Button>
          </Show>
        </header>
        <SortableList
          label={title()}
          items={listed()}
          canMove={!props.isFiltered && props.group.items.length > 1}
          texts={texts}
          onMove={move}
        >
          {(id) => (
            <Checkbox
              label={itemOf(id)?.title ?? ''}
              isChecked={itemOf(id)?.isShown ?? false}
              refusal={refusal(itemOf(id))}
              onChange={() => props.onChange(toggleItem(props.draft, props.group.id, id))}
            />
          )}
        </SortableList>
      </section>
    </Show>
  )
}
