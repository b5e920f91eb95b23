/** Of the scripts, which lie one level below the application, in a build as when developed. */
const here = import.meta.url

/**
 * Where the application lives, with a slash at both ends: a proxy may have put it below a prefix. Not from the address of the page: one
 * that does not exist may be any number of levels deep.
 */
export const basePath = new URL('..', here).pathname

/** The path of a page as the application's own links write it: below `base`, with a slash before it. */
export const pathBelow = (base: string, path: string): string =>
  path.startsWith(base) ? `/${path.slice(base.length)}` : path
