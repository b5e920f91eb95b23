import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawPassword } from './first-password.ts'

const ALPHABET = '23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ'

it('draws 20 characters without look-alikes', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(255)), (bytes) => {
      const password = drawPassword((length) => Uint8Array.from(bytes.take(length)))
      expect(password).toMatch(/^[2-9a-km-np-zA-HJ-NP-Z]{20}$/)
    }),
  )
})

it('takes every character for as many bytes as any other, and no byte beyond', () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte)
  const drawn = []
  for (let at = 0; at < 224; at += 20)
    drawn.push(drawPassword((length) => Uint8Array.from(bytes.splice(0, length))))
  const all = drawn.join('').slice(0, 224)
  for (const character of ALPHABET)
    expect([character, all.split(character).length - 1]).toEqual([character, 4])
})
