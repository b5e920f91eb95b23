/** What of a new key's name is likely a slip; each is said, none forbids it. */
export type KeyWarning = 'blanks' | 'doubled' | 'bare'

export function keyWarnings(key: string, separator: string): readonly KeyWarning[] {
  const warnings: KeyWarning[] = []
  if (key === '') return warnings
  if (key.trim() !== key) warnings.push('blanks')
  if (separator !== '' && key.includes(separator + separator)) warnings.push('doubled')
  if (!key.startsWith(separator)) warnings.push('bare')
  return warnings
}
