import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seams } from '../clock'
import { DASAWISMA, OTHER, answerTo, household, newPhone, queued, save, scopeOf } from '../../testing/phone'
import { copiesOf, storeAnswer } from './answer'
import { scopes, unsent } from './facts'
import { allDoors, everything } from './records'
import { inbox, notedEdits, settledEdits } from './told'

const now = seams.now
beforeEach(newPhone)
afterEach(() => {
  seams.now = now
})

async function pulled(records = [household('h1', 5, { a: 1 })]): Promise<void> {
  await storeAnswer(await queued(), answerTo(await queued(), { records }), false)
}

const shown = async (id: string): Promise<unknown> => (await everything()).get(id)?.fields['a']

describe('overlay and verdicts', () => {
  test('a saved edit: is shown at once and waits', async () => {
    await pulled()
    await save('h1', 5, { a: 2 })
    expect(await shown('h1')).toBe(2)
    expect(await unsent()).toMatchObject({ count: 1 })
  })

  test('a clock set back between two edits: the later edit still wins on the screen', async () => {
    await pulled()
    await save('h1', 5, { a: 'first' })
    seams.now = () => Date.now() - 400 * 86_400_000
    await save('h1', 5, { a: 'second' })
    expect(await shown('h1')).toBe('second')
  })

  test('a verdict with more to come: the new value stays, though nothing waits', async () => {
    await pulled()
    await save('h1', 5, { a: 2 })
    const queue = await queued()
    await storeAnswer(queue, answerTo(queue, { more: true }), false)
    expect(await unsent()).toMatchObject({ count: 0 })
    expect(await shown('h1')).toBe(2)
  })

  test('the last page: the snapshot takes over', async () => {
    await pulled()
    await save('h1', 5, { a: 2 })
    const queue = await queued()
    const records = [household('h1', 6, { a: 'server' })]
    await storeAnswer(queue, answerTo(queue, { records }), false)
    expect(await shown('h1')).toBe('server')
  })

  test.each([
    ['applied', {}, 0],
    ['repeated', { was: { n: 1, id: 'x', verdict: 'applied' } }, 0],
    ['repeated', { was: { n: 1, id: 'x', verdict: 'refused', code: 'forbidden' } }, 1],
    ['merged', { lost: [{ record: 'h1', field: 'a', kept: 3, conflict: 'c-1' }] }, 1],
    ['held', {}, 1],
    ['proposed', {}, 1],
    ['refused', { code: 'forbidden' }, 1],
    ['quarantined', { ticket: 't' }, 1],
  ])('verdict %s %o: settled, noted %i times', async (word, more, noted) => {
    await save('h1', 0, { a: 2 })
    const queue = await queued()
    const verdict = { n: 1, id: queue.rows[0]!.id, verdict: word, ...more }
    await storeAnswer(queue, answerTo(queue, { verdicts: [verdict] }), false)
    expect((await unsent()).count).toBe(0)
    expect(await settledEdits(5)).toHaveLength(1)
    expect(await notedEdits()).toHaveLength(noted)
  })

  test('a verdict fork: nothing is stored', async () => {
    await save('h1', 0, { a: 2 })
    const queue = await queued()
    const verdicts = [{ n: 1, id: queue.rows[0]!.id, verdict: 'fork' }]
    const stored = await storeAnswer(queue, answerTo(queue, { verdicts, applied_through: 0, applied_id: null }), false)
    expect(stored.then).toBe('fork')
    expect((await unsent()).count).toBe(1)
  })

  test('an applied_id that is not ours: fork', async () => {
    await save('h1', 0, { a: 2 })
    const queue = await queued()
    expect((await storeAnswer(queue, answerTo(queue, { applied_id: 'somebody' }), false)).then).toBe('fork')
  })

  test('the server holds more than we ever had: fork', async () => {
    const queue = await queued()
    expect((await storeAnswer(queue, answerTo(queue, { applied_through: 9, applied_id: 'z' }), false)).then).toBe('fork')
  })

  test('the server holds less than was settled: restored', async () => {
    await save('h1', 0, { a: 2 })
    const queue = await queued()
    await storeAnswer(queue, answerTo(queue), false)
    const stored = await storeAnswer(await queued(), answerTo(await queued(), { applied_through: 0, applied_id: null }), false)
    expect(stored.then).toBe('restored')
  })

  test('a gap the phone can fill: the rest stays waiting', async () => {
    await save('h1', 0, { a: 1 })
    await save('h1', 0, { a: 2 })
    const queue = await queued()
    const verdicts = queue.rows.map((row) => ({ n: row.n, id: row.id, verdict: 'gap', need: 1 }))
    const stored = await storeAnswer(queue, answerTo(queue, { verdicts, applied_through: 0, applied_id: null }), false)
    expect(stored.then).toBe('ok')
    expect((await queued()).rows).toHaveLength(2)
  })

  test('a too old app: verdicts count, the empty pull does not', async () => {
    await pulled()
    await save('h1', 5, { a: 2 })
    const queue = await queued()
    await storeAnswer(queue, answerTo(queue, { scope: [] }), true)
    expect((await unsent()).count).toBe(0)
    expect((await allDoors()).map((door) => door.id)).toEqual(['h1'])
    expect(await scopes()).toHaveLength(1)
  })
})

describe('pull', () => {
  test('gone with a smaller version: the record stays', async () => {
    await pulled([household('h1', 9, { a: 1 })])
    const gone = [{ id: 'h1', from: DASAWISMA, version: 9, why: 'moved', to: OTHER }]
    await storeAnswer(await queued(), answerTo(await queued(), { gone }), false)
    expect(await allDoors()).toHaveLength(1)
  })

  test('gone with a greater version: the record leaves', async () => {
    await pulled([household('h1', 9, { a: 1 })])
    const gone = [{ id: 'h1', from: DASAWISMA, version: 10, why: 'moved', to: OTHER }]
    await storeAnswer(await queued(), answerTo(await queued(), { gone }), false)
    expect(await allDoors()).toHaveLength(0)
  })

  test('a copy from zero: is built beside and swapped on the last page', async () => {
    await pulled([household('h1', 5, { a: 1 }), household('stale', 4, {})])
    const fresh = household('h2', 7, { a: 1 })
    const scope = [{ ...scopeOf([fresh], true), from_zero: true }]
    await storeAnswer(await queued(), answerTo(await queued(), { records: [fresh], scope, more: true }), false)
    expect((await allDoors()).map((door) => door.id).sort()).toEqual(['h1', 'stale'])
    const second = household('h1', 5, { a: 1 })
    await storeAnswer(await queued(), answerTo(await queued(), { records: [second], scope }), false)
    expect((await allDoors()).map((door) => door.id).sort()).toEqual(['h1', 'h2'])
  })

  test('a dasa wisma out of scope with an unsent edit: stays until it was sent', async () => {
    await pulled([household('h1', 5, {})])
    await save('h1', 5, { a: 1 })
    const empty = [scopeOf([], false, OTHER)]
    const queue = await queued()
    await storeAnswer({ ...queue, rows: [] }, { ...answerTo({ ...queue, rows: [] }), scope: empty }, false)
    expect(await allDoors()).toHaveLength(1)
    await storeAnswer(queue, answerTo(queue, { scope: empty, verdicts: [{ n: 1, id: queue.rows[0]!.id, verdict: 'proposed' }] }), false)
    expect(await allDoors()).toHaveLength(0)
    expect(await settledEdits(5)).toHaveLength(1)
  })

  test('scope.seq: is taken only with the last page', async () => {
    const scope = [{ ...scopeOf([]), seq: 40 }]
    await storeAnswer(await queued(), answerTo(await queued(), { scope, more: true }), false)
    expect((await scopes())[0]!.seq).toBe(0)
    await storeAnswer(await queued(), answerTo(await queued(), { scope }), false)
    expect((await scopes())[0]!.seq).toBe(40)
  })

  test('records of unknown kinds: are kept and digested, not shown', async () => {
    await pulled([{ ...household('x', 3, {}), kind: 'garden' }])
    expect(await allDoors()).toHaveLength(0)
    expect((await copiesOf([DASAWISMA])).get(DASAWISMA)).toMatchObject([{ id: 'x', version: 3 }])
  })

  test('inbox items of unknown types: are kept', async () => {
    const items = [{ seq: 1, id: 'i', type: 'party', at: '2026-11-23T08:00:00.000Z' }]
    await storeAnswer(await queued(), answerTo(await queued(), { inbox: items }), false)
    expect(await inbox()).toMatchObject([{ id: 'i', type: 'party', isSeen: false }])
  })

  test('keys newer servers add to a record: reach the screens', async () => {
    await pulled([{ ...household('h1', 3, {}), accepted: false } as never])
    expect((await allDoors())[0]).toMatchObject({ accepted: false })
  })
})

describe('clock', () => {
  test('before any contact: low', async () => expect((await queued()).trust).toBe('low'))
  test('after a contact today: high', async () => {
    await pulled()
    expect((await queued()).trust).toBe('high')
  })
  test('eight days without contact: low', async () => {
    await pulled()
    seams.now = () => Date.now() + 8 * 86_400_000
    expect((await queued()).trust).toBe('low')
  })
  test('a backward jump while an edit waits: low, also when the clock is right again', async () => {
    await pulled()
    seams.now = () => Date.now() - 3_600_000
    await save('h1', 5, { a: 1 })
    seams.now = now
    expect((await queued()).trust).toBe('low')
  })
})
