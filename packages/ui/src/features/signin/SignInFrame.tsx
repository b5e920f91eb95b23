import type { JSX } from 'solid-js'
import { Icon } from '../../components/Icon.tsx'
import { Page } from '../../components/Page.tsx'
import { Select } from '../../components/Select.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { changePrefs, currentPrefs, THEMES } from '../../prefs.ts'
import './SignInFrame.css'

/** The pages before a session: the name of the product, one panel, the choice of theme. */
export function SignInFrame(props: { readonly title: string; readonly children: JSX.Element }) {
  const { product, account } = useMessages()
  return (
    <main class="sign-in-frame">
      <p class="sign-in-frame-mark">
        <Icon name="mark" />
        {product}
      </p>
      <div class="sign-in-frame-panel">
        <Page title={props.title} />
        {props.children}
      </div>
      <Select
        label={account.theme}
        value={currentPrefs().theme}
        options={THEMES.map((value) => ({ value, text: `${account.theme}: ${account.themes[value]}` }))}
        onChange={(theme) => changePrefs({ theme })}
      />
    </main>
  )
}
