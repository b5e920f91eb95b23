/** SQLite's primary result code of an error of `node:sqlite`. */
export function resultCode(error: unknown): number | undefined {
  const { errcode } = Object(error) as { readonly errcode?: unknown } // node:sqlite sets a number
  return typeof errcode === 'number' ? errcode & 0xff : undefined
}

/** Another connection writes. */
export const isBusy = (error: unknown): boolean => resultCode(error) === 5

/** A row that may not be: one of its name is there, or a column refuses its value. */
export const isConstraint = (error: unknown): boolean => resultCode(error) === 19
