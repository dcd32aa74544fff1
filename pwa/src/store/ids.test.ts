import { afterEach, expect, test } from 'vitest'
import { seams } from '../clock'
import { newId, newOutboxId } from './ids'

const now = seams.now
afterEach(() => {
  seams.now = now
})

test('newId: made now: is a UUIDv7 of this millisecond', () => {
  seams.now = () => 0x0190_1234_5678
  expect(newId()).toMatch(/^01901234-5678-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
test('newId: many at once: all differ', () => expect(new Set(Array.from({ length: 2000 }, newId)).size).toBe(2000))
test('newOutboxId: is random: no time in it', () => expect(newOutboxId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/))
