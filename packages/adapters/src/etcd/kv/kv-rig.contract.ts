/** One call of etcd's JSON gateway. */
export async function callGateway<T>(url: string, path: string, body: object, token?: string): Promise<T> {
  const answer = await fetch(`${url}/v3/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    ...(token !== undefined && { headers: { authorization: token } }),
    redirect: 'error',
    signal: AbortSignal.timeout(60_000),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as T
}

/** Waits until the member has forgotten what is older. */
export async function compactAt(url: string, revision: string): Promise<void> {
  await callGateway(url, 'kv/compaction', { revision, physical: true })
}
