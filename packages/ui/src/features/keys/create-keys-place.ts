import { useLocation, useNavigate } from '@solidjs/router'
import { type Accessor, createEffect, createMemo, createSignal } from 'solid-js'
import { useToasts } from '../../components/toasts.ts'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'
import { type KeysPlace, parseKeysUrl, printKeysUrl } from '../../url/keys-url.ts'

/** What the page shows is what its URL says, but for a key that is too long for a link. */
export interface KeysPlaceState {
  readonly place: Accessor<KeysPlace>
  /** One entry of the history; none when nothing changes. */
  readonly go: (changes: Partial<KeysPlace>) => void
}

/** What no link can say, shown as long as the page is at `url`, which says the rest of it. */
interface Unlinked {
  readonly url: string
  readonly place: KeysPlace
}

export function createKeysPlace(): KeysPlaceState {
  const { keys, monitor } = useKeysMessages()
  const location = useLocation()
  const navigate = useNavigate()
  const toasts = useToasts()
  const parsed = createMemo(() => parseKeysUrl(location.search))
  const [unlinked, setUnlinked] = createSignal<Unlinked>()
  createEffect(() => {
    for (const value of parsed().rejected) toasts.show(monitor.unusable(value))
  })
  // a link that somebody gave may be longer than those that are made here
  const url = () => printKeysUrl(parsed().place) ?? location.search
  const place = () => {
    const more = unlinked()
    return more?.url === url() ? more.place : parsed().place
  }
  return {
    place,
    go: (changes) => {
      const next = { ...place(), ...changes }
      const link = printKeysUrl(next)
      const said = link ?? printKeysUrl({ ...next, selection: undefined }) ?? url()
      setUnlinked(link === undefined ? { url: said, place: next } : undefined)
      if (link === undefined && changes.selection) toasts.show(keys.tooLongForLink)
      if (said !== url()) navigate(`/keys${said}`, { scroll: false })
    },
  }
}
