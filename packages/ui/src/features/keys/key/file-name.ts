/** Characters of a name that some file system cannot take; control characters among them. */
const UNSAFE = /[^\p{L}\p{N}._@+=-]+/gu

/** A name for what is downloaded: the last part of the key as far as every file system takes it. */
export function fileName(key: string): string {
  const last = key.split('/').findLast((part) => part !== '') ?? ''
  const safe = last.replace(UNSAFE, '_').replace(/^\.+/, '').slice(0, 100)
  return safe === '' ? 'value' : safe
}
