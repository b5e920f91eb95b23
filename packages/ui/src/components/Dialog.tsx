import { createUniqueId, type JSX, onCleanup, onMount } from 'solid-js'
import './Dialog.css'

export interface DialogProps {
  readonly title: string
  /** For a page of things, not a question: fills a phone. */
  readonly isLarge?: boolean
  /** Asks before something that cannot be taken back. */
  readonly isAlert?: boolean
  /** Large, and as wide as two things side by side need. */
  readonly isWide?: boolean
  /** Esc. Without it the dialog stays. */
  readonly onClose?: (() => void) | undefined
  readonly children: JSX.Element
}

/**
 * Modal while it is in the page. The browser's own: it holds the focus, makes the rest inert, and is there when no chunk can be
 * loaded. Gives the focus back to where it was.
 */
export function Dialog(props: DialogProps) {
  const id = createUniqueId()
  const opener = document.activeElement
  let dialog: HTMLDialogElement | undefined
  onMount(() => dialog?.showModal())
  let isLeaving = false
  onCleanup(() => {
    isLeaving = true
    dialog?.close() // else all behind it stays inert, and cannot take the focus
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
  })
  return (
    <dialog
      ref={(element) => {
        dialog = element
      }}
      class="dialog"
      role={props.isAlert ? 'alertdialog' : undefined}
      data-large={props.isLarge ? '' : undefined}
      data-wide={props.isWide ? '' : undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        props.onClose?.()
      }}
      onClose={() => {
        // a second Esc closes a dialog whatever is said about it
        if (!isLeaving) dialog?.showModal()
      }}
    >
      <h2 id={id}>{props.title}</h2>
      {props.children}
    </dialog>
  )
}
