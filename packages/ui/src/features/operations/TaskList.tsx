import { useHref, useNavigate } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { Icon } from '../../components/Icon.tsx'
import { Select } from '../../components/Select.tsx'
import { operationsHref, TASKS, type Task } from '../../url/operations-url.ts'
import { texts } from './texts.ts'

/** Everything that the page can be about; a select where there is no room beside it. */
export function TaskList(props: { readonly task: Task; readonly hasAlarm: boolean }) {
  const navigate = useNavigate()
  // the router's own link is current for every query of its path
  const href = (task: Task) => useHref(() => operationsHref({ task }))()
  return (
    <nav class="operations-tasks" aria-label={texts.taskList}>
      <ul>
        <For each={TASKS}>
          {(task) => (
            <li data-group={task === 'defragment' ? '' : undefined}>
              <a href={href(task)} aria-current={task === props.task ? 'page' : undefined}>
                {texts.tasks[task]}
                <Show when={task === 'alarms' && props.hasAlarm}>
                  <Icon name="warn" />
                </Show>
              </a>
            </li>
          )}
        </For>
      </ul>
      <Select
        label={texts.taskList}
        value={props.task}
        options={TASKS.map((value) => ({ value, text: texts.tasks[value] }))}
        onChange={(task) => navigate(operationsHref({ task }))}
      />
    </nav>
  )
}
