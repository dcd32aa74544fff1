/**
 * Storing an answer of the server: verdicts, records, departures, scope, inbox and cursor in one transaction.
 *
 * New copies (`from_zero`) are built in `staged` and swapped in when `more` is false. An edit leaves the overlay
 * only then too, so the screen never flickers back. Nothing here deletes an edit.
 */
import { seams } from '../clock'
import { mark } from '../mark'
import { ask, personDatabase, read, write } from './database'
import { emit } from './events'
import { isLive } from './overlay'
import { type Apart, askWhatBecame, offerAgain, putOutboxState, type Queue } from './outbox'
import { fromNumber, type Meta, metaGet, metaPut, type OutboxRow, type OutboxState, type RecordContent, type SnapshotRow } from './rows'
import { seal, type Sealed } from './seal'
import { effective, type InboxRow } from './told'
import type { Scope } from './types'
import type { Answer, Restored, Verdict, WireInbox, WireRecord } from '../sync/wire'

/** What the answer means for the next step. */
export type Stored = { then: 'ok' } | { then: 'fork'; apart: Apart; restored: Restored | null } | { then: 'restored'; restored: Restored }

const ALL = ['record', 'staged', 'outbox', 'inbox', 'scope', 'meta']

async function snapshotRow(record: WireRecord): Promise<SnapshotRow> {
  const { id, kind, version, dasawisma, state, confirmed_on, fields, ...more } = record
  const door = kind === 'household' ? id : fields['household']
  const content = await seal(`record/${id}`, { fields, more } satisfies RecordContent)
  const row: SnapshotRow = { id, kind, version, dasawisma, state, confirmed_on: confirmed_on ?? null, content }
  return typeof door === 'string' ? { ...row, household: door } : row
}

interface Sealing {
  records: SnapshotRow[]
  inbox: InboxRow[]
  verdicts: Map<string, Sealed>
}

async function sealAll(answer: Answer): Promise<Sealing> {
  const records = await Promise.all(answer.records.map(snapshotRow))
  const verdicts = await Promise.all(answer.verdicts.map(async (item) => [item.id, await seal(`verdict/${item.id}`, item)] as const))
  return { records, inbox: await Promise.all(answer.inbox.map(inboxRow)), verdicts: new Map(verdicts) }
}

async function inboxRow(item: WireInbox): Promise<InboxRow> {
  return { id: item.id, seq: item.seq, type: item.type, record: item.record ?? null, at: item.at, item: await seal(`inbox/${item.id}`, item) }
}

/** What the server's count says about our outbox, before anything is stored. */
async function judge(tx: IDBTransaction, queue: Queue, answer: Answer): Promise<Stored> {
  const { outbox, isOffer } = queue
  const through = answer.applied_through
  const settled = outbox.settled?.n ?? 0
  if (answer.verdicts.some((verdict) => verdict.verdict === 'fork')) return wentApart(queue, answer)
  if (isOffer && through > settled && (await holdsNone(tx, outbox))) return { then: 'ok' }
  if (through > 0 && !(await isOurs(tx, outbox, through, answer.applied_id))) return wentApart(queue, answer)
  const wentBack = (through < settled && !isOffer) || (await isNewToServer(tx, outbox, answer))
  if (wentBack) return { then: 'restored', restored: restoredBy(answer) }
  return (await lacksNeeded(tx, outbox, answer)) ? wentApart(queue, answer) : { then: 'ok' }
}

/** A fork; where the server holds no more than what had a verdict here, it lost that history and did not say so. */
function wentApart(queue: Queue, answer: Answer): Stored {
  const { outbox, isOffer } = queue
  const isLost = isOffer || answer.applied_through <= (outbox.settled?.n ?? 0)
  const apart = { outbox: outbox.id, through: answer.applied_through, isLost }
  return { then: 'fork', apart, restored: isLost && !isOffer && outbox.settled ? restoredBy(answer) : null }
}

/** Whether an edit that had its verdict long ago was not known any more. */
async function isNewToServer(tx: IDBTransaction, outbox: OutboxState, answer: Answer): Promise<boolean> {
  for (const { n, verdict } of answer.verdicts) {
    if (verdict === 'repeated' || verdict === 'gap') continue
    const row = await ask(tx.objectStore('outbox').get([outbox.id, n]) as IDBRequest<OutboxRow | undefined>)
    if (row?.probe) return true
  }
  return false
}

async function holdsNone(tx: IDBTransaction, outbox: OutboxState): Promise<boolean> {
  return (await ask(tx.objectStore('outbox').count(fromNumber(outbox.id, 1)))) === 0
}

async function isOurs(tx: IDBTransaction, outbox: OutboxState, n: number, id: string | null): Promise<boolean> {
  const row = await ask(tx.objectStore('outbox').get([outbox.id, n]) as IDBRequest<OutboxRow | undefined>)
  if (row) return row.id === id
  // An edit whose verdict is older than 180 days is no longer held; only the last one is known by name.
  return outbox.settled !== null && (outbox.settled.n === n ? outbox.settled.id === id : n < outbox.settled.n)
}

/** The server went back without saying so: what it holds now is the best known common point. */
function restoredBy(answer: Answer): Restored {
  return { epoch: answer.server.epoch, restored_at: Object.fromEntries(answer.scope.map((item) => [item.dasawisma, item.seq])) }
}

async function lacksNeeded(tx: IDBTransaction, outbox: OutboxState, answer: Answer): Promise<boolean> {
  const need = answer.verdicts.find((verdict) => verdict.verdict === 'gap')?.need
  if (need === undefined) return false
  return (await ask(tx.objectStore('outbox').getKey([outbox.id, need]))) === undefined
}

function isNoted(verdict: Verdict): boolean {
  const { verdict: word, lost } = effective(verdict)
  return word === 'merged' ? (lost ?? []).length > 0 : word !== 'applied'
}

async function settle(tx: IDBTransaction, outbox: OutboxState, answer: Answer, sealed: Map<string, Sealed>): Promise<void> {
  const store = tx.objectStore('outbox')
  let last = outbox.settled
  for (const verdict of answer.verdicts) {
    if (verdict.verdict === 'gap') break
    const row = await ask(store.get([outbox.id, verdict.n]) as IDBRequest<OutboxRow | undefined>)
    if (!row) continue
    const { waiting: _waiting, probe: _probe, noted: _noted, seq: _seq, ...rest } = row
    const noted = isNoted(verdict) ? { noted: 1 as const } : {}
    const { seq } = effective(verdict)
    const numbered = seq === undefined ? {} : { seq }
    store.put({ ...rest, ...noted, ...numbered, settled_at: answer.server.now, verdict: sealed.get(verdict.id) })
    last = { n: row.n, id: row.id }
  }
  if (last !== outbox.settled) await putOutboxState(tx, { ...outbox, settled: last })
}

async function takeOffer(tx: IDBTransaction, outbox: OutboxState, answer: Answer): Promise<boolean> {
  metaPut(tx, 'offers', ((await metaGet(tx, 'offers')) ?? []).filter((id) => id !== outbox.id))
  const through = answer.applied_through
  await askWhatBecame(tx, outbox, through)
  if (through >= (outbox.settled?.n ?? 0)) return true
  const whole = await offerAgain(tx, outbox, through)
  await putOutboxState(tx, { ...outbox, settled: through > 0 && answer.applied_id !== null ? { n: through, id: answer.applied_id } : null })
  return whole
}

async function beginCopies(tx: IDBTransaction, queue: Queue, answer: Answer): Promise<Set<string>> {
  const before = queue.cursor === null ? [] : ((await metaGet(tx, 'building')) ?? []).filter((code) => !queue.again.includes(code))
  const staged = tx.objectStore('staged')
  if (queue.cursor === null) staged.clear()
  for (const { dasawisma, from_zero } of answer.scope) {
    if (!from_zero || before.includes(dasawisma)) continue
    before.push(dasawisma)
    if (queue.cursor !== null) for (const key of await ask(staged.index('dasawisma').getAllKeys(dasawisma))) staged.delete(key)
  }
  return new Set(before)
}

async function putNewer(store: IDBObjectStore, row: SnapshotRow): Promise<void> {
  const old = await ask(store.get(row.id) as IDBRequest<SnapshotRow | undefined>)
  if (!old || old.version <= row.version) store.put(row)
}

async function takeRecords(tx: IDBTransaction, answer: Answer, rows: SnapshotRow[], building: Set<string>, canRevoke: boolean): Promise<void> {
  // All at once: one after the other would wait for the disk's queue a thousand times on a first pull.
  await Promise.all(rows.map((row) => putNewer(tx.objectStore(building.has(row.dasawisma) ? 'staged' : 'record'), row)))
  for (const gone of answer.gone) {
    if (gone.why === 'revoked' && !canRevoke) continue
    for (const name of ['record', 'staged']) {
      const old = await ask(tx.objectStore(name).get(gone.id) as IDBRequest<SnapshotRow | undefined>)
      if (old && old.version < gone.version) tx.objectStore(name).delete(gone.id)
    }
  }
}

async function swap(tx: IDBTransaction, building: Set<string>, scope: Set<string>): Promise<void> {
  const records = tx.objectStore('record')
  for (const code of building) for (const key of await ask(records.index('dasawisma').getAllKeys(code))) records.delete(key)
  const staged = await ask(tx.objectStore('staged').getAll() as IDBRequest<SnapshotRow[]>)
  const place = async (row: SnapshotRow): Promise<void> => {
    const other = await ask(records.get(row.id) as IDBRequest<SnapshotRow | undefined>)
    if (!other || other.version < row.version || !scope.has(other.dasawisma)) records.put(row)
  }
  await Promise.all(staged.map(place))
  tx.objectStore('staged').clear()
  const floor = await metaGet(tx, 'floor')
  if (floor?.isOpen) metaPut(tx, 'floor', { ...floor, isOpen: false })
}

async function leaveOverlay(tx: IDBTransaction): Promise<void> {
  const store = tx.objectStore('outbox')
  const rows = await ask(store.index('overlay').getAll() as IDBRequest<OutboxRow[]>)
  for (const row of rows) {
    if (row.waiting) continue
    const { overlay: _overlay, ...rest } = row
    store.put(rest)
  }
}

async function takeScope(tx: IDBTransaction, answer: Answer, scope: Set<string>, isDrained: boolean): Promise<void> {
  const store = tx.objectStore('scope')
  for (const { dasawisma, name, seq, count } of answer.scope) {
    const old = await ask(store.get(dasawisma) as IDBRequest<Scope | undefined>)
    store.put({ dasawisma, name, count, seq: answer.more ? (old?.seq ?? 0) : seq })
  }
  if (answer.more || !isDrained) return
  const records = tx.objectStore('record')
  const rows = await ask(records.getAll() as IDBRequest<SnapshotRow[]>)
  for (const row of rows) if (!scope.has(row.dasawisma)) records.delete(row.id)
  for (const key of await ask(store.getAllKeys())) if (!scope.has(String(key))) store.delete(key)
}

async function takeClock(tx: IDBTransaction, answer: Answer, isDrained: boolean): Promise<void> {
  const old = await metaGet(tx, 'clock')
  const now = seams.now()
  const jumped = !isDrained && old !== undefined && (old.jumped || now < old.latest - 60_000)
  metaPut(tx, 'clock', { contactLocal: now, contactServer: answer.server.now, latest: now, jumped })
  metaPut(tx, 'epoch', answer.server.epoch)
  metaPut(tx, 'next_poll', now + Math.max(0, answer.wait ?? 0) * 1000)
}

async function take(tx: IDBTransaction, queue: Queue, answer: Answer, sealed: Sealing): Promise<void> {
  const isDrained = (await ask(tx.objectStore('outbox').index('waiting').count())) === 0
  const scope = new Set(answer.scope.map((item) => item.dasawisma))
  const building = await beginCopies(tx, queue, answer)
  mark('answer: copies begun')
  await takeRecords(tx, answer, sealed.records, building, isDrained)
  mark('answer: records in')
  if (!answer.more) {
    await swap(tx, building, scope)
    mark('answer: swapped')
    await leaveOverlay(tx)
  }
  await takeScope(tx, answer, scope, isDrained)
  mark('answer: scope taken')
  for (const row of sealed.inbox) {
    const old = await ask(tx.objectStore('inbox').get(row.id) as IDBRequest<InboxRow | undefined>)
    tx.objectStore('inbox').put(old?.seen && old.at === row.at ? { ...row, seen: 1 } : row)
  }
  metaPut(tx, 'building', answer.more ? [...building] : [])
  metaPut(tx, 'again', [])
  metaPut(tx, 'cursor', answer.cursor)
  await takeClock(tx, answer, isDrained)
}

async function storeIn(tx: IDBTransaction, queue: Queue, answer: Answer, sealed: Sealing, tooOld: boolean): Promise<Stored> {
  const verdict = await judge(tx, queue, answer)
  if (verdict.then !== 'ok') return verdict
  const whole = queue.isOffer ? await takeOffer(tx, queue.outbox, answer) : true
  mark('answer: offer taken')
  if (!whole) return wentApart(queue, answer)
  await settle(tx, queue.outbox, answer, sealed.verdicts)
  mark('answer: settled')
  if (!tooOld) await take(tx, queue, answer, sealed)
  metaPut(tx, 'too_old', tooOld)
  return verdict
}

/**
 * Stores an answer, or says that the outbox must fork or the server's history was lost (then nothing is stored).
 * `tooOld` (status 426): verdicts count, the empty pull does not.
 */
export async function storeAnswer(queue: Queue, answer: Answer, tooOld: boolean): Promise<Stored> {
  const db = await personDatabase()
  const sealed = await sealAll(answer)
  const stored = await write(db, ALL, async (tx) => {
    const then = await storeIn(tx, queue, answer, sealed, tooOld)
    mark('answer: before commit')
    return then
  })
  mark('answer: after commit')
  emit({ what: 'changed' })
  return stored
}

/** Ids and versions of the live records of each dasa wisma, for the digest. */
export async function copiesOf(codes: string[]): Promise<Map<string, { id: string; version: number }[]>> {
  const db = await personDatabase()
  const copies = new Map<string, { id: string; version: number }[]>()
  await read(db, ['record'], async (tx) => {
    for (const code of codes) {
      const rows = await ask(tx.objectStore('record').index('dasawisma').getAll(code) as IDBRequest<SnapshotRow[]>)
      copies.set(code, rows.filter((row) => isLive(row.state)))
    }
  })
  return copies
}

/** Names the dasa wisma to be sent from zero. */
export async function askAgain(codes: Meta['again']): Promise<void> {
  const db = await personDatabase()
  await write(db, ['meta'], async (tx) => {
    metaPut(tx, 'again', codes)
    mark('again: before commit')
  })
  mark('again: after commit')
}
