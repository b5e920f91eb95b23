import { Navigate, useNavigate, useSearchParams } from '@solidjs/router'
import { createMemo, Show } from 'solid-js'
import { describeProblem } from '../../api/describe-problem.ts'
import type { Problem } from '../../api/problem.ts'
import { currentSession } from '../../api/session.ts'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { currentPrefs } from '../../prefs.ts'
import { createAuthStatus } from './auth-status.ts'
import { useHandover } from './handover.ts'
import { safeNext } from './next-url.ts'
import { SignInForm } from './SignInForm.tsx'
import { SignInFrame } from './SignInFrame.tsx'

const FIRST_USER = 'admin'

export function SignInPage() {
  const { pages, signIn } = useMessages()
  const navigate = useNavigate()
  const handover = useHandover()
  const [params] = useSearchParams<{ next: string }>()
  const next = () => safeNext(params.next)
  const status = createAuthStatus()
  const isFirst = () => status().data?.initial_setup_pending === true
  // known before the form is built: it puts the focus into the field that is still empty
  const name = createMemo(() => currentPrefs().lastUser || (isFirst() ? FIRST_USER : ''))
  return (
    <Show when={!currentSession()} fallback={<Navigate href={next()} />}>
      <SignInFrame title={pages.login}>
        <Show when={handover.given().notice}>
          {(notice) => (
            <p class="sign-in-note" data-kind={notice() === 'changed' ? 'done' : undefined} role="status">
              <Icon name={notice() === 'changed' ? 'ok' : 'info'} />
              {signIn[notice()]}
            </p>
          )}
        </Show>
        <Show when={!status().isPending}>
          <SignInForm
            username={name()}
            onSignedIn={() => {
              handover.give({})
              navigate(next(), { replace: true })
            }}
            onMustChange={(username, password) => {
              handover.give({ credentials: { username, password }, next: next() })
              navigate('/password', { replace: true })
            }}
          />
          <Show when={status().error}>{(problem) => <Unreachable problem={problem()} />}</Show>
        </Show>
        <Show when={isFirst()}>
          <p class="sign-in-note">
            <Icon name="info" />
            <span>{signIn.hint(FIRST_USER)}</span>
          </p>
        </Show>
      </SignInFrame>
    </Show>
  )
}

/** Says before anybody types that nothing would come of it. */
function Unreachable(props: { readonly problem: Problem }) {
  const messages = useMessages()
  const text = () => describeProblem(props.problem, messages)
  return (
    <p class="sign-in-form-error">
      <Icon name="warn" />
      <span>
        {text().title}. {text().advice}
      </span>
    </p>
  )
}
