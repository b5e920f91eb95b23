/** Where the application lives, with a slash at both ends: a proxy may have put it below a prefix (every page is one segment). */
export const basePath = new URL('.', location.href).pathname

/** The path of a page as the application's own links write it: below `base`, with a slash before it. */
export const pathBelow = (base: string, path: string): string =>
  path.startsWith(base) ? `/${path.slice(base.length)}` : path
