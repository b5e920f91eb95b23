import { readFile, writeFile } from 'node:fs/promises'
import { dictionary } from '@zxcvbn-ts/language-common'

const ASSETS = new URL('../packages/api/assets/', import.meta.url)
const LICENSE = new URL('../LICENSE.txt', import.meta.resolve('@zxcvbn-ts/language-common'))
/** Shorter ones are refused for their length. */
const MIN_LENGTH = 8

export const COMMON_PASSWORDS = new URL('common-passwords.txt', ASSETS)
/** The list's authors ask that their notice goes with it. */
export const COMMON_PASSWORDS_LICENSE = new URL('common-passwords.license.txt', ASSETS)

/** One a line, in the order of their code units. */
export function commonPasswords(): string {
  const long = dictionary['passwords-common']
    .map((entry) => entry.toLowerCase())
    .filter((entry) => [...entry].length >= MIN_LENGTH)
  return [...new Set(long)]
    .toSorted()
    .map((entry) => `${entry}\n`)
    .join('')
}

export const commonPasswordsLicense = (): Promise<string> => readFile(LICENSE, 'utf8')

if (import.meta.main) {
  await writeFile(COMMON_PASSWORDS, commonPasswords())
  await writeFile(COMMON_PASSWORDS_LICENSE, await commonPasswordsLicense())
}
