import { For, type JSX } from 'solid-js'
import './SimpleTable.css'

/** Rows whose first column names them. */
export function SimpleTable(props: {
  readonly label: string
  readonly heads: readonly string[]
  readonly rows: readonly (readonly JSX.Element[])[]
}) {
  return (
    <div class="operations-scroll">
      <table class="operations-table">
        <caption class="visually-hidden">{props.label}</caption>
        <thead>
          <tr>
            <For each={props.heads}>{(head) => <th scope="col">{head}</th>}</For>
          </tr>
        </thead>
        <tbody>
          <For each={props.rows}>
            {([first, ...others]) => (
              <tr>
                <th scope="row">
                  <bdi>{first}</bdi>
                </th>
                <For each={others}>
                  {(cell) => (
                    <td>
                      <bdi>{cell}</bdi>
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  )
}
