import { expect, test } from 'vitest'
import type { OutboxRow } from '../store/rows'
import { fitting, wireEdit } from './batch'

const row: OutboxRow = { outbox: 'o', n: 3, id: 'e', at: '2026-11-22T03:12:09.120Z', touches: ['r'], bases: [4711], dasawisma: null, body: null }
const body = { visited_on: null, form: '2026.1', settles: [], patches: [{ kind: 'household', id: 'r', set: { a: 1 } }] }

test('fitting: nothing queued: nothing', () => expect(fitting([])).toBe(0))
test('fitting: more than 200 edits: the first 200', () => expect(fitting(Array.from({ length: 300 }, () => 10))).toBe(200))
test('fitting: bytes over the limit: as many as fit', () => expect(fitting([60, 60, 60], 200, 130)).toBe(2))
test('fitting: one edit over the limit: it alone', () => expect(fitting([500, 1], 200, 130)).toBe(1))

test('wireEdit: a saved edit: the base stands in its patch', () => {
  expect(wireEdit(row, body)).toEqual({
    n: 3,
    id: 'e',
    at: row.at,
    visited_on: null,
    form: '2026.1',
    settles: [],
    patches: [{ kind: 'household', id: 'r', base: 4711, set: { a: 1 } }],
  })
})

test('wireEdit: an edit refused as unreadable: its raw bytes in base64', () => {
  const raw = wireEdit({ ...row, raw: 1 }, { ...body, patches: [{ kind: 'household', id: 'r', set: { a: 'é' } }] })
  expect(Object.keys(raw)).toEqual(['n', 'id', 'raw'])
  expect(JSON.parse(Buffer.from(raw['raw'] as string, 'base64').toString('utf8'))).toMatchObject({ n: 3, patches: [{ set: { a: 'é' } }] })
})
