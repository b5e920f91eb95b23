import { useQueryClient } from '@tanstack/solid-query'
import { createSignal, Index, Show } from 'solid-js'
import type { LayoutAnswer } from '../../api/answers.ts'
import { describeProblem } from '../../api/describe-problem.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog } from '../../components/Dialog.tsx'
import { Icon } from '../../components/Icon.tsx'
import { TextField } from '../../components/TextField.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { createLayoutDraft } from './create-layout-draft.ts'
import { LayoutGroup } from './LayoutGroup.tsx'
import { type DraftItem, toDraft } from './layout-draft.ts'
import { LAYOUT_KEY } from './layout-query.ts'
import './LayoutDialog.css'

/** Which panels and cards are shown and where. Nothing changes behind it until it is saved. */
export function LayoutDialog(props: {
  /** Undefined: it could not be loaded, and what is not known must not be replaced. */
  readonly layout: LayoutAnswer | undefined
  readonly onClose: () => void
}) {
  return (
    <Show when={props.layout} fallback={<NotLoaded onClose={props.onClose} />}>
      {(layout) => <Editor layout={layout()} onClose={props.onClose} />}
    </Show>
  )
}

function NotLoaded(props: { readonly onClose: () => void }) {
  const { dataState, layout } = useMessages()
  const queries = useQueryClient()
  return (
    <Dialog title={layout.title} onClose={props.onClose}>
      <p class="dialog-text">{layout.notLoaded}</p>
      <div class="dialog-actions">
        <Button onClick={() => props.onClose()}>{layout.cancel}</Button>
        <Button kind="primary" onClick={() => void queries.refetchQueries({ queryKey: LAYOUT_KEY })}>
          {dataState.tryAgain}
        </Button>
      </div>
    </Dialog>
  )
}

function Editor(props: { readonly layout: LayoutAnswer; readonly onClose: () => void }) {
  const messages = useMessages()
  const { layout: texts } = messages
  const edit = createLayoutDraft(() => props.layout)
  const [filter, setFilter] = createSignal('')
  const [said, setSaid] = createSignal('')
  const [isLeaving, setLeaving] = createSignal(false)
  const isListed = ({ title }: DraftItem) => title.toLowerCase().includes(filter().trim().toLowerCase())
  const isNoneListed = () => edit.draft().every(({ items }) => !items.some(isListed))

  const leave = () => (edit.isChanged() ? setLeaving(true) : props.onClose())
  const save = async () => {
    if (!edit.isChanged() || (await edit.save())) props.onClose()
  }
  return (
    <Dialog title={texts.title} isLarge onClose={leave}>
      <div class="layout-dialog-filter">
        <TextField
          label={texts.filter}
          type="search"
          value={filter()}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      </div>
      <div class="layout-dialog-groups">
        <Index each={edit.draft()}>
          {(group) => (
            <LayoutGroup
              group={group()}
              draft={edit.draft()}
              isListed={isListed}
              isFiltered={filter().trim() !== ''}
              onChange={edit.change}
              onSaid={setSaid}
            />
          )}
        </Index>
        <Show when={isNoneListed()}>
          <p class="dialog-text">{texts.noneFound}</p>
        </Show>
      </div>
      <p class="visually-hidden" role="status">
        {said()}
      </p>
      <div class="layout-dialog-foot">
        <Show when={edit.problem()}>
          {(problem) => {
            const text = () => describeProblem(problem(), messages)
            return (
              <p class="layout-dialog-problem" role="alert">
                <Icon name="crit" />
                {`${text().title}. ${text().advice} ${text().detail}`.trim()}
              </p>
            )
          }}
        </Show>
        <Show when={edit.isOvertaken()}>
          <p class="layout-dialog-note">
            <Icon name="info" />
            {texts.changedElsewhere}
          </p>
        </Show>
        <Show
          when={isLeaving()}
          fallback={
            <div class="dialog-actions">
              <Button kind="quiet" onClick={() => edit.change(toDraft(undefined))}>
                {texts.defaults}
              </Button>
              <Button class="dialog-actions-end" onClick={leave}>
                {texts.cancel}
              </Button>
              <Button kind="primary" disabled={edit.isBusy()} onClick={() => void save()}>
                {edit.isBusy() ? texts.saving : edit.problem() ? messages.dataState.tryAgain : texts.save}
              </Button>
            </div>
          }
        >
          <div class="dialog-actions" role="alert">
            <strong>{texts.discard}</strong>
            <Button
              class="dialog-actions-end"
              ref={(element) => queueMicrotask(() => element.focus())}
              onClick={() => setLeaving(false)}
            >
              {texts.keepEditing}
            </Button>
            <Button kind="primary" onClick={() => props.onClose()}>
              {texts.discardChanges}
            </Button>
          </div>
        </Show>
      </div>
    </Dialog>
  )
}
