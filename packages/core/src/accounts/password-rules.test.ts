import { expect, it } from 'vitest'
import { judgePassword, type PasswordRules } from './password-rules.ts'

const RULES: PasswordRules = {
  minLength: 8,
  common: new Set(['password1', 'qwertyuiop', 'tiny']),
  names: ['carol', 'Node-07.Example'],
  old: 'another one',
}

it.each([
  ['1234567', 'too_short'],
  ['12345678', undefined],
  ['😀😀😀😀😀😀😀', 'too_short'], // 14 units, 7 characters
  ['😀😀😀😀😀😀😀😀', undefined],
])('counts the characters of %j: %s', (password, fault) => {
  expect(judgePassword(password, RULES)).toBe(fault)
})

it.each([
  ['password1', 'common'],
  ['PassWord1', 'common'],
  ['password1 ', undefined],
  ['my password1', undefined],
])('looks for the whole of %j in the list, whatever the case: %s', (password, fault) => {
  expect(judgePassword(password, RULES)).toBe(fault)
})

it.each([
  ['adminadmin', 'common'],
  ['Etcd-Admin1', 'common'],
  ['EtcdMonitor', 'common'],
  ['monitor12345', 'common'],
  ['monitor123456', undefined],
  ['12admin34etcd5', 'common'],
  ['carolCAROLcarol', 'common'],
  ['carol-2024!', undefined],
  ['carol-2024', 'common'],
  ['node-07.example', 'common'],
  ['NODE-07.EXAMPLE12345', 'common'],
  ['etcd😀😀😀😀😀', 'common'], // 10 units, 5 characters
  ['etcd😀😀😀😀😀😀', undefined],
  ['administrator', undefined],
])('wants 6 characters in %j beside words and names: %s', (password, fault) => {
  expect(judgePassword(password, RULES)).toBe(fault)
})

it.each([
  [['monitors'], 'etcdmonitors12345', undefined], // s12345
  [['etcdmonitors'], 'etcdmonitors12345', 'common'],
  [[''], 'a good password', undefined],
  [[], 'carolcarol', undefined],
])('removes the longest first, of the names %j: %j: %s', (names, password, fault) => {
  expect(judgePassword(password, { ...RULES, names })).toBe(fault)
})

it.each([
  ['same password', 'same password', 'unchanged'],
  ['Same password', 'same password', undefined],
  ['\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9', 'e\u0301'.repeat(8), undefined],
  ['short', 'short', 'too_short'],
  ['tiny', 'another one', 'too_short'],
  ['password1', 'password1', 'common'],
])('judges %j after %j: %s', (password, old, fault) => {
  expect(judgePassword(password, { ...RULES, old })).toBe(fault)
})
