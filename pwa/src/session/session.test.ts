import { expect, test } from 'vitest'
import { cleanCode, secretIn } from './session'

test.each([
  ['abcd-1234', 'ABCD1234'],
  [' ab cd 12 34 ', 'ABCD1234'],
  ['YkbFg9gOdNyqXrcWvkoQ3Q', 'YkbFg9gOdNyqXrcWvkoQ3Q'],
])('cleanCode: %s: becomes %s', (typed, code) => expect(cleanCode(typed)).toBe(code))

test.each([
  ['https://dawis.desa.id/app/#aktivasi=Ykb_9-x', 'Ykb_9-x'],
  ['#aktivasi=a%2Bb', 'a+b'],
  ['ABCD1234', 'ABCD1234'],
])('secretIn: %s: holds %s', (text, secret) => expect(secretIn(text)).toBe(secret))
