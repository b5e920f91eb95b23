import { For } from 'solid-js'
import { describeProblem } from '../../api/describe-problem.ts'
import type { Problem } from '../../api/problem.ts'
import { Page } from '../../components/Page.tsx'
import { TextPanel } from '../../components/TextPanel.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { useReader } from '../shell/reader-context.ts'
import { type AboutFacts, clusterFacts, consoleFacts, type Facts, storeFacts } from './about-facts.ts'
import { createDebugQuery, createReadiness } from './about-query.ts'
import { Documents } from './Documents.tsx'
import { texts } from './texts.ts'
import './AboutPage.css'

/** What runs here: also without etcd and without the stores. */
export function AboutPage() {
  const messages = useMessages()
  const cluster = useCluster()
  const { zone } = useReader()
  const debug = createDebugQuery()
  const readiness = createReadiness()
  const why = (problem: Problem | undefined) =>
    problem ? describeProblem(problem, messages).title : texts.waiting
  const readinessText = () => {
    if (readiness.answer()) return texts.ready
    const problem = readiness.problem()
    return problem?.fields.status === 503 ? texts.notReady : texts.notKnown(why(problem))
  }
  const facts = (): AboutFacts => ({
    status: cluster.status(),
    noStatus: why(cluster.problem()),
    debug: debug.answer(),
    noDebug: debug.problem()?.code === 'not_found' ? texts.debugOff : why(debug.problem()),
    readiness: readinessText(),
  })
  const reader = () => ({ now: cluster.now(), zone: zone() })
  return (
    <div class="about-page">
      <Page title={messages.pages.about} />
      <div class="about-panels">
        <FactList title={texts.console} facts={consoleFacts(facts(), reader())} />
        <FactList title={texts.cluster} facts={clusterFacts(facts())} />
        <FactList title={texts.stores} facts={storeFacts(facts())} />
        <Documents />
      </div>
    </div>
  )
}

function FactList(props: { readonly title: string; readonly facts: Facts }) {
  return (
    <TextPanel title={props.title}>
      <dl>
        <For each={props.facts.map(([name]) => name)}>
          {(name) => (
            <>
              <dt>{name}</dt>
              <dd>{props.facts.find(([one]) => one === name)?.[1]}</dd>
            </>
          )}
        </For>
      </dl>
    </TextPanel>
  )
}
