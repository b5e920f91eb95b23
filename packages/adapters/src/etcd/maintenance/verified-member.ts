import { wrongMember } from '@etcdmonitor/core/etcd/cluster-record'
import type { MemberId, MemberStatus } from '@etcdmonitor/core/etcd/member'
import type { CallBudget } from '../connection/call-budget.ts'
import { EtcdCallError } from '../connection/call-error.ts'
import type { OneConnection } from '../connection/one-connection.ts'
import { statusIn } from '../member-calls.ts'
import type { Discovery } from '../members/discovery.ts'

/** Who was found at a URL, and the connection over which it said so. */
export interface VerifiedMember {
  readonly url: string
  readonly status: MemberStatus
  readonly one: OneConnection
}

/** Asked twice: what spreads its calls over members, as etcd's own proxy does, answers for two by then. */
const QUESTIONS = 2

/** Asks the URL who answers there, for a call that must reach this member alone. @throws EtcdCallError `wrong_member`, or why there is no answer */
export async function verifyMember(
  discovery: Pick<Discovery, 'probe'>,
  { id, url }: { readonly id: MemberId; readonly url: string },
  budget: CallBudget,
): Promise<VerifiedMember> {
  const one: OneConnection = {}
  const ask = async (): Promise<MemberStatus> => {
    const status = statusIn((await discovery.probe(url, budget, one)).outcome, url)
    if (status.memberId !== id) throw new EtcdCallError(wrongMember(url, id, status.memberId))
    return status
  }
  let status = await ask()
  for (let question = 1; question < QUESTIONS; question += 1) status = await ask()
  return { url, status, one }
}
