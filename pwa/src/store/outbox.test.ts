import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seams } from '../clock'
import { DASAWISMA, answerTo, household, newPhone, patch, queued, save } from '../../testing/phone'
import { storeAnswer } from './answer'
import { getDraft, putDraft } from './drafts'
import { unsent } from './facts'
import { dropOld, fork, recover } from './outbox'
import { everything } from './records'
import { cutToSize, saveEdit } from './save'
import { settledEdits } from './told'

const now = seams.now
beforeEach(newPhone)
afterEach(() => {
  seams.now = now
})

async function settleAll(): Promise<void> {
  const queue = await queued()
  await storeAnswer(queue, answerTo(queue), false)
}

describe('saving', () => {
  test('several edits: numbered without holes from 1', async () => {
    await Promise.all([save('a', 0, { x: 1 }), save('b', 0, { x: 1 }), save('c', 0, { x: 1 })])
    expect((await queued()).rows.map((row) => row.n)).toEqual([1, 2, 3])
  })

  test('a save with its draft: the draft leaves in the same transaction', async () => {
    await putDraft('door', { answers: 1 }, { a: 4 })
    expect(await getDraft('door')).toMatchObject({ value: { answers: 1 }, base: { a: 4 } })
    await saveEdit([patch('a', 4, { x: 1 })], { visitedOn: null, dropDraft: 'door' })
    expect(await getDraft('door')).toBeNull()
  })

  test('a save that cannot be stored: raises, and the draft is still there', async () => {
    await putDraft('door', 1, {})
    const bad = { ...patch('a', 0, {}), set: { f: () => 1 } }
    await expect(saveEdit([bad], { visitedOn: null, dropDraft: 'door' })).rejects.toThrow()
    expect(await getDraft('door')).not.toBeNull()
    expect((await unsent()).count).toBe(0)
  })

  test('cutToSize: more than 64 KiB in many patches: several edits', () => {
    const big = Array.from({ length: 5 }, (_, at) => patch(`p${at}`, 0, { x: 'y'.repeat(20_000) }))
    expect(cutToSize(big).map((part) => part.length)).toEqual([3, 2])
  })

  test('cutToSize: one patch over 64 KiB: is an error', () => {
    expect(() => cutToSize([patch('p', 0, { x: 'y'.repeat(70_000) })])).toThrow('edit-too-large')
  })

  test('prev: is the id of the edit before the first one sent', async () => {
    await save('a', 0, { x: 1 })
    expect((await queued()).prev).toBeNull()
    const first = (await queued()).rows[0]!.id
    await settleAll()
    await save('a', 0, { x: 2 })
    expect(await queued()).toMatchObject({ prev: first, rows: [{ n: 2 }] })
  })
})

describe('fork', () => {
  test('waiting edits: keep their ids, get new numbers in a new outbox that continues the old one', async () => {
    await save('a', 0, { x: 1 })
    await settleAll()
    await save('a', 0, { x: 2 })
    await save('a', 0, { x: 3 })
    const before = await queued()
    await fork()
    const after = await queued()
    expect(after.outbox.continues).toEqual({ outbox: before.outbox.id, through: 1 })
    expect(after.rows.map((row) => row.id)).toEqual(before.rows.map((row) => row.id))
    expect(after.rows.map((row) => row.n)).toEqual([1, 2])
    expect(after).toMatchObject({ prev: null, cursor: null })
    expect(await settledEdits(9)).toHaveLength(1)
    await save('b', 0, { x: 1 })
    expect((await queued()).rows.map((row) => row.n)).toEqual([1, 2, 3])
  })
})

describe('a restored server', () => {
  const restored = { epoch: 'e2', restored_at: { [DASAWISMA]: 10 } }

  async function worked(): Promise<void> {
    await save('a', 0, { dasawisma: DASAWISMA, x: 1 })
    await save('a', 0, { dasawisma: DASAWISMA, x: 2 })
    const queue = await queued()
    await storeAnswer(queue, answerTo(queue, { records: [household('a', 30, { x: 2 })] }), false)
    await save('a', 30, { x: 3 })
    await putDraft('a', { x: 4 }, { a: 30 })
  }

  test('bases and drafts: are lowered to what both histories share', async () => {
    await worked()
    await recover(restored)
    expect((await getDraft('a'))!.base).toEqual({ a: 10 })
    const queue = await queued()
    expect(queue).toMatchObject({ isOffer: true, rows: [], epoch: 'e2', cursor: null })
    await storeAnswer(queue, answerTo(queue, { applied_through: 1, applied_id: (await settledEdits(9)).find((edit) => edit.n === 1)!.id, more: true }), false)
    expect((await queued()).rows.map((row) => [row.n, ...row.bases])).toEqual([[2, 0], [3, 10]])
  })

  test('a page opened before and saved during the recovery: its base is lowered too', async () => {
    await worked()
    await recover(restored)
    await save('a', 30, { x: 5 })
    const rows = await offeredAgain()
    expect(rows.at(-1)!.bases).toEqual([10])
  })

  async function offeredAgain() {
    const queue = await queued()
    await storeAnswer(queue, answerTo(queue, { applied_through: 0, applied_id: null, more: true }), false)
    return (await queued()).rows
  }

  test('settled edits the server lost: are offered again and shown meanwhile', async () => {
    await worked()
    await recover(restored)
    expect((await offeredAgain()).map((row) => row.n)).toEqual([1, 2, 3])
    expect((await everything()).get('a')!.fields['x']).toBe(3)
  })

  test('a clone brought the lost part back: it is asked once more what became of it', async () => {
    await save('a', 0, { dasawisma: DASAWISMA, x: 1 })
    await save('a', 0, { x: 2 })
    const queue = await queued()
    const verdicts = queue.rows.map((row) => ({ n: row.n, id: row.id, verdict: 'applied', seq: row.n === 1 ? 10 : 11 }))
    await storeAnswer(queue, answerTo(queue, { verdicts }), false)
    await recover(restored)
    const offer = await queued()
    await storeAnswer(offer, answerTo(offer, { applied_through: 2, applied_id: queue.rows[1]!.id }), false)
    const asked = await queued()
    expect(asked).toMatchObject({ isOffer: false, prev: queue.rows[0]!.id, rows: [{ n: 2 }] })
    const was = { n: 2, id: queue.rows[1]!.id, verdict: 'merged', seq: 12 }
    await storeAnswer(asked, answerTo(asked, { verdicts: [{ ...was, verdict: 'repeated', was }] }), false)
    expect((await unsent()).count).toBe(0)
    expect((await settledEdits(9)).find((edit) => edit.n === 2)!.verdict).toMatchObject({ verdict: 'repeated', was: { verdict: 'merged' } })
    await recover({ ...restored, restored_at: { [DASAWISMA]: 12 } })
    const later = await queued()
    await storeAnswer(later, answerTo(later, { applied_through: 2, applied_id: queue.rows[1]!.id }), false)
    expect((await queued()).rows).toEqual([])
  })

  test('an earlier outbox: is offered first, under its own name', async () => {
    await save('a', 0, { dasawisma: DASAWISMA, x: 1 })
    await settleAll()
    const old = (await queued()).outbox.id
    await fork()
    await save('a', 0, { x: 2 })
    await recover(restored)
    const first = await queued()
    expect(first).toMatchObject({ isOffer: true, outbox: { id: old } })
    await storeAnswer(first, answerTo(first, { applied_through: 0, applied_id: null, more: true }), false)
    const second = await queued()
    expect(second).toMatchObject({ isOffer: false, outbox: { id: old }, rows: [{ n: 1 }] })
    await storeAnswer(second, answerTo(second, { more: true }), false)
    expect(await queued()).toMatchObject({ isOffer: true, outbox: { continues: { outbox: old, through: 1 } } })
  })

  test('a clone wrote into the lost part first: what had a verdict here is offered again in a new outbox', async () => {
    await worked()
    const lost = (await settledEdits(9)).map((edit) => edit.id)
    await recover(restored)
    const offer = await queued()
    const stored = await storeAnswer(offer, answerTo(offer, { applied_through: 2, applied_id: 'of the clone' }), false)
    if (stored.then !== 'fork') throw new Error(stored.then)
    await fork(stored.apart)
    const queue = await queued()
    expect(queue.outbox.continues).toEqual({ outbox: offer.outbox.id, through: 1 })
    expect(queue.rows.map((row) => row.id)).toEqual(expect.arrayContaining(lost))
    expect(queue.rows).toHaveLength(3)
  })

  test('the same without an announced restore: recovers and forks', async () => {
    await worked()
    const queue = await queued()
    const stored = await storeAnswer(queue, answerTo(queue, { applied_through: 2, applied_id: 'of the clone' }), false)
    expect(stored).toMatchObject({ then: 'fork', apart: { isLost: true, through: 2 }, restored: { epoch: 'e1' } })
  })

  test('a fork where nothing seems lost: the last settled edit goes along, and an answer but repeated says what was lost', async () => {
    await worked()
    const before = await queued()
    const answer = { applied_through: 5, applied_id: 'of the clone', verdicts: [{ n: 3, id: before.rows[0]!.id, verdict: 'fork' }] }
    const stored = await storeAnswer(before, answerTo(before, answer), false)
    if (stored.then !== 'fork') throw new Error(stored.then)
    await fork(stored.apart)
    const queue = await queued()
    expect(queue.rows.map((row) => row.n)).toEqual([1, 2])
    expect(queue.rows[1]!.id).toBe(before.rows[0]!.id)
    expect((await storeAnswer(queue, answerTo(queue), false)).then).toBe('restored')
    const known = queue.rows.map((row) => ({ n: row.n, id: row.id, verdict: row.n === 1 ? 'repeated' : 'applied' }))
    expect((await storeAnswer(queue, answerTo(queue, { verdicts: known }), false)).then).toBe('ok')
    expect((await unsent()).count).toBe(0)
  })

  test('a fork while earlier outboxes are still to be offered: they still are', async () => {
    await save('a', 0, { dasawisma: DASAWISMA, x: 1 })
    await settleAll()
    const first = (await queued()).outbox.id
    await fork()
    await save('a', 0, { x: 2 })
    await settleAll()
    const second = (await queued()).outbox.id
    await recover(restored)
    await fork({ outbox: first, through: 1, isLost: true })
    const waiting = await queued()
    expect(waiting).toMatchObject({ isOffer: true, outbox: { id: second } })
  })
})

describe('settled edits', () => {
  const pulledAt = async (moment: string): Promise<void> => {
    const queue = await queued()
    await storeAnswer(queue, answerTo(queue, { server: { now: moment, epoch: 'e1' } }), false)
    await dropOld()
  }

  test.each([10, -10])('this phone is %i years off: they are kept, the server says how old they are', async (years) => {
    await save('a', 0, { x: 1 })
    seams.now = () => now() + years * 365 * 86_400_000
    await pulledAt('2026-11-23T08:00:00.000Z')
    seams.now = () => now() - years * 365 * 86_400_000
    await pulledAt('2027-05-22T07:59:00.000Z')
    expect(await settledEdits(9)).toHaveLength(1)
    await pulledAt('2027-05-22T08:01:00.000Z')
    expect(await settledEdits(9)).toHaveLength(0)
  })
})
