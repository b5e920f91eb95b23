/** Pages that may be gone to after a sign-in. */
const PAGES = ['cluster', 'monitor', 'keys', 'operations', 'diagnostics', 'about']

/**
 * Where to go after a sign-in: `next` when it is a page of ours, else Monitor. A whole address, a host (`//…`) or a backslash
 * never passes: the page that a stranger's link names is not ours.
 */
export function safeNext(next: string | null | undefined): string {
  const [, page = ''] = /^\/([a-z]+)(?:\?[^\\#]*)?$/.exec(next ?? '') ?? []
  return next && PAGES.includes(page) && !next.includes('//') ? next : '/monitor'
}

/** The address of sign-in that comes back to `path`, which begins with a slash and does not hold the base. */
export const loginUrl = (path: string): string =>
  path === '/' || path === '/monitor' ? '/login' : `/login?next=${encodeURIComponent(path)}`
