import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { showBytes } from '@etcdmonitor/core/keys/show-key'
import { expect, it } from 'vitest'
import { findChoices } from './find-choices.ts'

const print = (text: string, isSearching = false) =>
  findChoices(text, toUtf8('/'), isSearching).map(({ act, target }) => `${act} ${showBytes(target)}`)

it('takes what begins with the separator for a key, and anything else for what is searched', () => {
  expect(print('/a/b')).toEqual(['open /a/b', 'browse /a/b/', 'list /a/b', 'search /a/b'])
  expect(print('/a/')).toEqual(['open /a/', 'browse /a/', 'list /a/', 'search /a/'])
  expect(print('web')).toEqual(['search web', 'open web', 'browse web/', 'list web'])
  expect(print('/a', true)).toEqual(['search /a', 'open /a', 'browse /a/', 'list /a'])
  expect(print('')).toEqual([])
})
