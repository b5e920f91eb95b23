import { formatAge } from '@etcdmonitor/core/format/format-age'
import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { useNavigate } from '@solidjs/router'
import { Show } from 'solid-js'
import type { Session } from '../../api/session.ts'
import { Icon } from '../../components/Icon.tsx'
import { MenuChoice } from '../../components/MenuChoice.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { changePrefs, currentPrefs, DENSITIES, THEMES, ZONES } from '../../prefs.ts'
import { useCluster } from './cluster-state.ts'
import { useReader } from './reader-context.ts'

export interface AccountMenuProps {
  readonly session: Session
  readonly startsOpen: boolean
  readonly onSignOut: () => void
}

export function AccountMenu(props: AccountMenuProps) {
  const { account, pages } = useMessages()
  const { localZone } = useReader()
  const navigate = useNavigate()
  const zoneTexts = { local: account.local(localZone), utc: account.utc }
  return (
    <DropdownMenu placement="bottom-end" gutter={6} defaultOpen={props.startsOpen}>
      <DropdownMenu.Trigger
        class="button"
        data-kind="quiet"
        aria-label={account.menu(props.session.username)}
      >
        <Icon name="user" />
        <span class="top-bar-user">{props.session.username}</span>
        <Icon name="down" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class="menu">
          <SessionNote session={props.session} />
          <MenuChoice
            label={account.theme}
            value={currentPrefs().theme}
            options={THEMES.map((value) => ({ value, text: account.themes[value] }))}
            onChange={(theme) => changePrefs({ theme })}
          />
          <MenuChoice
            label={account.density}
            value={currentPrefs().density}
            options={DENSITIES.map((value) => ({ value, text: account.densities[value] }))}
            onChange={(density) => changePrefs({ density })}
          />
          <MenuChoice
            label={account.timeZone}
            value={currentPrefs().timeZone}
            options={ZONES.map((value) => ({ value, text: zoneTexts[value] }))}
            onChange={(timeZone) => changePrefs({ timeZone })}
          />
          <div class="menu-group">
            <DropdownMenu.Item class="menu-item" onSelect={() => navigate('/password')}>
              <span class="menu-check" />
              {account.changePassword}
            </DropdownMenu.Item>
            <DropdownMenu.Item class="menu-item" onSelect={() => navigate('/about')}>
              <span class="menu-check" />
              {pages.about}
            </DropdownMenu.Item>
            <DropdownMenu.Item class="menu-item" onSelect={() => props.onSignOut()}>
              <span class="menu-check" />
              {account.signOut}
            </DropdownMenu.Item>
          </div>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  )
}

function SessionNote(props: { readonly session: Session }) {
  const { account } = useMessages()
  const { now } = useCluster()
  return (
    <p class="menu-note">
      <strong>{props.session.username}</strong>
      <Show when={props.session.expiresAt > 0} fallback={account.neverEnds}>
        {account.endsIn(formatAge(props.session.expiresAt * 1_000 - now()))}
      </Show>
    </p>
  )
}
