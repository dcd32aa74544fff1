/**
 * A phone in Node for tests: a fresh IndexedDB (fake-indexeddb), a signed-in person, a stored form, and answers in the contract's shape.
 */
import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { choosePerson, forgetConnections, personDatabase, write } from '../src/store/database'
import { silence } from '../src/store/events'
import { forgetForm } from '../src/store/facts'
import { nextQueue, type Queue } from '../src/store/outbox'
import { forget } from '../src/store/records'
import { metaPut } from '../src/store/rows'
import { saveEdit } from '../src/store/save'
import type { Patch } from '../src/store/types'
import { digest } from '../src/sync/digest'
import type { Answer, Verdict, WireRecord } from '../src/sync/wire'

export const DASAWISMA = '35.22.14.2011/D014'
export const OTHER = '35.22.14.2011/D020'

/** A new empty phone of person 7, with a form stored. */
export async function newPhone(): Promise<void> {
  silence()
  forgetConnections()
  globalThis.indexedDB = new IDBFactory()
  choosePerson('7')
  forget()
  forgetForm()
  const db = await personDatabase()
  await write(db, ['meta'], async (tx) => metaPut(tx, 'form', { version: '2026.1', kinds: {} }))
}

/** A patch of a household. */
export function patch(id: string, base: number, set: Record<string, unknown>): Patch {
  return { kind: 'household', id, base, set }
}

/** Saves one patch as one edit. */
export function save(id: string, base: number, set: Record<string, unknown>): Promise<void> {
  return saveEdit([patch(id, base, set)], { visitedOn: '2026-11-22' })
}

/** A pulled household. */
export function household(id: string, version: number, fields: Record<string, unknown>, dasawisma = DASAWISMA): WireRecord {
  return { kind: 'household', id, version, dasawisma, state: 'active', confirmed_on: null, fields: { dasawisma, ...fields } }
}

/** One scope line whose digest fits the records. */
export function scopeOf(records: WireRecord[], fromZero = false, dasawisma = DASAWISMA): Answer['scope'][number] {
  const mine = records.filter((record) => record.dasawisma === dasawisma)
  const seq = Math.max(0, ...mine.map((record) => record.version))
  return { dasawisma, name: 'Melati', seq, count: mine.length, digest: digest(mine), from_zero: fromZero }
}

/** An answer to what is queued now; everything queued is `applied` unless told otherwise. */
export function answerTo(queue: Queue, change: Partial<Answer> = {}): Answer {
  const verdicts = queue.rows.map((row): Verdict => ({ n: row.n, id: row.id, verdict: 'applied', seq: 1 }))
  const last = queue.rows.at(-1)
  return {
    applied_through: last?.n ?? queue.outbox.settled?.n ?? 0,
    applied_id: last?.id ?? queue.outbox.settled?.id ?? null,
    verdicts,
    records: [],
    gone: [],
    scope: [scopeOf(change.records ?? [])],
    inbox: [],
    cursor: 'c1',
    more: false,
    server: { now: '2026-11-23T08:00:00.000Z', epoch: 'e1' },
    wait: 0,
    ...change,
  }
}

/** The queue as it is now. */
export const queued = (): Promise<Queue> => nextQueue()
