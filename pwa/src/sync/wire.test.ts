import { expect, test } from 'vitest'
import { readAnswer, readRestored } from './wire'

const good = {
  applied_through: 1,
  applied_id: 'e1',
  verdicts: [{ n: 1, id: 'e1', verdict: 'applied', seq: 5 }],
  records: [],
  gone: [],
  scope: [{ dasawisma: 'D', name: 'M', seq: 5, count: 0, digest: '0000000000000000', from_zero: false }],
  inbox: [],
  cursor: 'c',
  more: false,
  server: { now: '2026-11-23T08:00:00.000Z', epoch: 'e' },
  wait: 0,
}
const edits = [{ n: 1, id: 'e1' }]

test('readAnswer: the contract shape: is an answer', () => expect(readAnswer(good, edits)).not.toBeNull())
test.each([
  ['nothing', null],
  ['a page of a captive portal', '<html></html>'],
  ['a list', []],
  ['no verdict for an edit', { ...good, verdicts: [] }],
  ['the verdict of another edit', { ...good, verdicts: [{ n: 1, id: 'e2', verdict: 'applied' }] }],
  ['no server', { ...good, server: undefined }],
  ['a record without fields', { ...good, records: [{ id: 'a', kind: 'household', version: 1, dasawisma: 'D', state: 'active' }] }],
])('readAnswer: %s: is no answer', (_case, body) => expect(readAnswer(body, edits)).toBeNull())
test('readRestored: a problem with both keys: is read', () =>
  expect(readRestored({ epoch: 'x', restored_at: { D: 4 }, title: '…' })?.restored_at).toEqual({ D: 4 }))
test('readRestored: anything else: is not', () => expect(readRestored({ epoch: 'x' })).toBeNull())
