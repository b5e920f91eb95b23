const KEPT_MS = 60_000

/** Saves `file` under `name`, as a click on a link does. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // the browser may read it after the click
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}

/** As the server names it: `etcdmonitor-audit-20260921-140210.csv`, UTC. */
export function exportName(at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T')
  return `etcdmonitor-audit-${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}.csv`
}
