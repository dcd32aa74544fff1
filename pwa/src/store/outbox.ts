/**
 * The outboxes: what is sent next, what a fork and a restore of the server do to the queue.
 * Edits are never deleted here before 180 days after their verdict, and never without one.
 */
import { seams } from '../clock'
import { mark } from '../mark'
import { ask, personDatabase, write } from './database'
import { newOutboxId } from './ids'
import {
  type ClockState,
  commonSeq,
  fromNumber,
  type Meta,
  metaGet,
  metaPut,
  type OutboxRow,
  type OutboxState,
  outboxOf,
  rowKey,
  type SnapshotRow,
} from './rows'
import type { Restored } from '../sync/wire'

/** What goes into the next request, before it is cut to size. */
export interface Queue {
  outbox: OutboxState
  rows: OutboxRow[]
  /** Id of the edit before the first row. */
  prev: string | null
  /** True when this request only asks how far the server holds this outbox (after a restore). */
  isOffer: boolean
  epoch: string | null
  cursor: string | null
  again: string[]
  trust: 'high' | 'low'
}

const WEEK_MS = 7 * 86_400_000
const KEEP_SETTLED_MS = 180 * 86_400_000
const JUMP_MS = 60_000
const ALL = ['outbox', 'meta', 'staged', 'draft', 'record']

/** high = no backward jump seen while edits waited, and the last server time is under 7 days old. */
export function trustOf(clock: ClockState | undefined, now: number): 'high' | 'low' {
  if (!clock || clock.jumped || now < clock.latest - JUMP_MS) return 'low'
  return now - clock.contactLocal < WEEK_MS ? 'high' : 'low'
}

async function prevOf(tx: IDBTransaction, outbox: OutboxState, first: OutboxRow | undefined): Promise<string | null> {
  if (!first || first.n === 1) return null
  const before = await ask(tx.objectStore('outbox').get([outbox.id, first.n - 1]) as IDBRequest<OutboxRow | undefined>)
  return before?.id ?? (outbox.settled?.n === first.n - 1 ? outbox.settled.id : null)
}

async function pick(tx: IDBTransaction): Promise<{ outbox: OutboxState; rows: OutboxRow[]; isOffer: boolean }> {
  const current = await outboxOf(tx, newOutboxId)
  const offers = (await metaGet(tx, 'offers')) ?? []
  const waiting = await ask(tx.objectStore('outbox').index('waiting').getAll() as IDBRequest<OutboxRow[]>)
  for (const outbox of [...((await metaGet(tx, 'earlier')) ?? []), current]) {
    if (offers.includes(outbox.id)) return { outbox, rows: [], isOffer: true }
    const rows = waiting.filter((row) => row.outbox === outbox.id)
    if (rows.length > 0) return { outbox, rows, isOffer: false }
  }
  return { outbox: current, rows: [], isOffer: false }
}

/** The next queue: after a restore the oldest outbox first, otherwise the current one. */
export async function nextQueue(): Promise<Queue> {
  const db = await personDatabase()
  return write(db, ['outbox', 'meta'], async (tx) => {
    const picked = await pick(tx)
    const prev = await prevOf(tx, picked.outbox, picked.rows[0])
    const trust = trustOf(await metaGet(tx, 'clock'), seams.now())
    const epoch = (await metaGet(tx, 'epoch')) ?? null
    const cursor = (await metaGet(tx, 'cursor')) ?? null
    mark('queue: before commit')
    return { ...picked, prev, epoch, cursor, again: (await metaGet(tx, 'again')) ?? [], trust }
  })
}

/** Marks an edit to be sent as raw bytes, because alone it was answered 400 or 413. */
export async function markRaw(row: OutboxRow): Promise<void> {
  const db = await personDatabase()
  await write(db, ['outbox'], async (tx) => {
    const stored = await ask(tx.objectStore('outbox').get(rowKey(row)) as IDBRequest<OutboxRow | undefined>)
    if (stored) tx.objectStore('outbox').put({ ...stored, raw: 1 })
    mark('raw: before commit')
  })
  mark('raw: after commit')
}

function clearCopy(tx: IDBTransaction): void {
  metaPut(tx, 'cursor', null)
  metaPut(tx, 'again', [])
  metaPut(tx, 'building', [])
  tx.objectStore('staged').clear()
}

/**
 * What the server holds of the outbox it was asked about, when that went apart from ours. `isLost`: not more than what had
 * a verdict here, so the server lost that history and another phone's edits stand in its place.
 */
export interface Apart {
  outbox: string
  through: number
  isLost: boolean
}

/**
 * This phone was cloned or restored: a new outbox continues the old one, every waiting edit moves into it
 * under its own id and a new number, and everything is pulled from zero. What the server lost waits again; `restored`:
 * it lost it without saying so.
 */
export async function fork(apart?: Apart, restored?: Restored | null): Promise<void> {
  const db = await personDatabase()
  await write(db, ALL, async (tx) => {
    if (restored) await goBack(tx, restored)
    const { next: _next, ...old } = await outboxOf(tx, newOutboxId)
    const earlier = (await metaGet(tx, 'earlier')) ?? []
    if (apart?.isLost) await waitAgain(tx, apart.outbox, 1)
    else if (apart) await sendLastOnceMore(tx, [...earlier, old].find((outbox) => outbox.id === apart.outbox))
    const fresh = { id: newOutboxId(), continues: { outbox: old.id, through: commonThrough(old, apart) }, settled: null }
    const next = await renumber(tx, [...earlier, old], fresh.id)
    mark('fork: renumbered')
    metaPut(tx, 'earlier', [...earlier, old])
    metaPut(tx, 'outbox', { ...fresh, next })
    metaPut(tx, 'offers', ((await metaGet(tx, 'offers')) ?? []).filter((id) => id !== apart?.outbox))
    clearCopy(tx)
    mark('fork: before commit')
  })
  mark('fork: after commit')
}

function commonThrough(old: OutboxState, apart: Apart | undefined): number {
  const settled = old.settled?.n ?? 0
  return apart?.isLost && apart.outbox === old.id ? Math.min(settled, Math.max(0, apart.through - 1)) : settled
}

/**
 * The last edit with a verdict goes along once more: where the server answers anything but `repeated`, it was put back
 * to an older state without saying so, and all that had a verdict is offered again.
 */
async function sendLastOnceMore(tx: IDBTransaction, outbox: OutboxState | undefined): Promise<void> {
  if (!outbox?.settled) return
  const store = tx.objectStore('outbox')
  const row = await ask(store.get([outbox.id, outbox.settled.n]) as IDBRequest<OutboxRow | undefined>)
  if (row) store.put({ ...row, waiting: 1, probe: 1 })
}

/** Lets the edits of an outbox from `from` on wait once more; returns them by number. */
async function waitAgain(tx: IDBTransaction, outbox: string, from: number): Promise<OutboxRow[]> {
  const store = tx.objectStore('outbox')
  const rows = await ask(store.getAll(fromNumber(outbox, from)) as IDBRequest<OutboxRow[]>)
  for (const row of rows) {
    const { settled_at: _at, verdict: _verdict, noted: _noted, seq: _seq, ...bare } = row
    store.put({ ...bare, waiting: 1, overlay: 1 })
  }
  return rows
}

async function renumber(tx: IDBTransaction, order: OutboxState[], into: string): Promise<number> {
  const store = tx.objectStore('outbox')
  const waiting = await ask(store.index('waiting').getAll() as IDBRequest<OutboxRow[]>)
  let n = 1
  for (const outbox of order) {
    for (const row of waiting.filter((item) => item.outbox === outbox.id)) {
      store.delete(rowKey(row))
      store.put({ ...row, outbox: into, n: n++ })
    }
  }
  return n
}

/**
 * The server was restored from an older backup: bases and drafts are lowered to what both histories share,
 * every outbox is to be offered again, oldest first, and everything is pulled from zero.
 */
export async function recover(restored: Restored): Promise<void> {
  const db = await personDatabase()
  await write(db, ALL, async (tx) => {
    await goBack(tx, restored)
    mark('recover: before commit')
  })
  mark('recover: after commit')
}

async function goBack(tx: IDBTransaction, restored: Restored): Promise<void> {
  const seqs = restored.restored_at
  await lowerRows(tx, seqs)
  await lowerDrafts(tx, seqs)
  mark('recover: bases lowered')
  const current = await outboxOf(tx, newOutboxId)
  const earlier = (await metaGet(tx, 'earlier')) ?? []
  metaPut(tx, 'offers', [...earlier.map((outbox) => outbox.id), current.id])
  metaPut(tx, 'epoch', restored.epoch)
  metaPut(tx, 'floor', { seqs, isOpen: true })
  clearCopy(tx)
}

async function lowerRows(tx: IDBTransaction, seqs: Record<string, number>): Promise<void> {
  const rows = await ask(tx.objectStore('outbox').getAll() as IDBRequest<OutboxRow[]>)
  for (const row of rows) {
    const limit = commonSeq(seqs, row.dasawisma)
    if (row.bases.some((base) => base > limit)) {
      tx.objectStore('outbox').put({ ...row, bases: row.bases.map((base) => Math.min(base, limit)) })
    }
  }
}

interface BaseHolder {
  base: Record<string, number>
}

async function lowerDrafts(tx: IDBTransaction, seqs: Record<string, number>): Promise<void> {
  const drafts = await ask(tx.objectStore('draft').getAll() as IDBRequest<BaseHolder[]>)
  for (const draft of drafts) {
    const base: Record<string, number> = {}
    for (const [id, version] of Object.entries(draft.base)) {
      const stored = await ask(tx.objectStore('record').get(id) as IDBRequest<SnapshotRow | undefined>)
      base[id] = Math.min(version, commonSeq(seqs, stored?.dasawisma ?? null))
    }
    tx.objectStore('draft').put({ ...draft, base })
  }
}

/** Rows above what the server holds become waiting again. Returns false where one of them is no longer held. */
export async function offerAgain(tx: IDBTransaction, outbox: OutboxState, through: number): Promise<boolean> {
  const rows = await waitAgain(tx, outbox.id, through + 1)
  const held = rows.every((row, place) => row.n === through + 1 + place)
  return held && (outbox.settled === null || outbox.settled.n <= through + rows.length)
}

/**
 * Edits of the lost part whose numbers the server holds all the same: a clone of this phone brought them back, and what became
 * of them this time may be something else. They are sent once more, and `repeated` tells.
 */
export async function askWhatBecame(tx: IDBTransaction, outbox: OutboxState, through: number): Promise<void> {
  const seqs = (await metaGet(tx, 'floor'))?.seqs
  if (!seqs) return
  const store = tx.objectStore('outbox')
  const rows = await ask(store.getAll(fromNumber(outbox.id, 1)) as IDBRequest<OutboxRow[]>)
  const shared = rows.findLastIndex((row) => row.seq !== undefined && row.seq <= commonSeq(seqs, row.dasawisma))
  // The edit before the first one sent has to be known by name.
  const lost = rows.slice(shared + 1).filter((row) => row.n === 1 || row.n > rows[0]!.n)
  for (const row of lost) if (row.settled_at !== undefined && row.n <= through) store.put({ ...row, waiting: 1 })
}

/** Writes back where an outbox stands, current or earlier. */
export async function putOutboxState(tx: IDBTransaction, state: OutboxState): Promise<void> {
  const current = await metaGet(tx, 'outbox')
  if (current?.id === state.id) return metaPut(tx, 'outbox', { ...current, settled: state.settled })
  const earlier = (await metaGet(tx, 'earlier')) ?? []
  const list: Meta['earlier'] = earlier.map((outbox) => (outbox.id === state.id ? { ...outbox, settled: state.settled } : outbox))
  metaPut(tx, 'earlier', list)
}

/**
 * Removes edits whose verdict is older than 180 days by the server's clock (this phone's may be wrong by years);
 * the number and id of the last one stay in the outbox's state.
 */
export async function dropOld(): Promise<void> {
  const db = await personDatabase()
  await write(db, ['outbox', 'meta'], async (tx) => {
    const clock = await metaGet(tx, 'clock')
    if (!clock) return
    const limit = new Date(Date.parse(clock.contactServer) - KEEP_SETTLED_MS).toISOString()
    const store = tx.objectStore('outbox')
    const rows = await ask(store.index('settled_at').getAll(IDBKeyRange.upperBound(limit)) as IDBRequest<OutboxRow[]>)
    for (const row of rows) if (!row.overlay && !row.waiting) store.delete(rowKey(row))
    mark('drop: before commit')
  })
  mark('drop: after commit')
}
