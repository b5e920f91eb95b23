import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import {
  COMMON_PASSWORDS,
  COMMON_PASSWORDS_LICENSE,
  commonPasswords,
  commonPasswordsLicense,
} from '../scripts/common-passwords.ts'

const shipped = () => readFile(COMMON_PASSWORDS, 'utf8')

it('the shipped list is that of the package; node scripts/common-passwords.ts writes it', async () => {
  expect((await shipped()) === commonPasswords()).toBe(true) // no comparison of 18,000 lines in the report
  expect(await readFile(COMMON_PASSWORDS_LICENSE, 'utf8')).toBe(await commonPasswordsLicense())
})

it('has only what a lower-cased password of 8 or more characters can equal', async () => {
  const lines = (await shipped()).trimEnd().split('\n')
  expect(lines).toHaveLength(17_950)
  expect(lines).toEqual(expect.arrayContaining(['12345678', 'password1', 'qwertyuiop']))
  expect(lines.filter((line) => line.length < 8 || line !== line.toLowerCase().trim())).toEqual([])
})
