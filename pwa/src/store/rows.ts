/**
 * What lies in the stores, and the small facts kept in `meta`.
 *
 *   record/staged  {id, kind, version, dasawisma, state, confirmed_on, household, content: sealed}
 *   outbox         {outbox, n, id, at, touches, bases, dasawisma, body: sealed, waiting?, overlay?, ...}
 *   scope          {dasawisma, name, seq, count}
 *   draft          {key, savedAt, base, value: sealed}
 *   inbox          {id, seq, type, record, at, item: sealed, seen?}
 *   log            {at, ...}                      the sync log, readable on the sync screen
 */
import type { Patch } from './types'
import type { Sealed } from './seal'

export interface SnapshotRow {
  id: string
  kind: string
  version: number
  dasawisma: string
  state: string
  confirmed_on: string | null
  /** The door it hangs on; a household's own id. Absent where unknown, so that the index skips it. */
  household?: string
  content: Sealed
}

/** The sealed part of a stored record: its answers, and keys newer servers add beside them. */
export interface RecordContent {
  fields: Record<string, unknown>
  more: Record<string, unknown>
}

/** The content of an edit, frozen when it is saved; `n` and the bases live in the row, where a fork or a restore may change them. */
export interface EditBody {
  visited_on: string | null
  form: string
  settles: string[]
  patches: Omit<Patch, 'base'>[]
}

export interface OutboxRow {
  outbox: string
  n: number
  id: string
  at: string
  /** Record id of each patch, in order. */
  touches: string[]
  /** Base of each patch, in order. */
  bases: number[]
  /** The dasa wisma the edit belongs to, as far as the phone knows. */
  dasawisma: string | null
  body: Sealed
  /** 1 until the server gave a verdict. */
  waiting?: 1
  /** 1 until the effect is in the stored snapshot. */
  overlay?: 1
  /** 1 when it goes as raw bytes, because alone it got 400 or 413. */
  raw?: 1
  /** 1 while an edit that had its verdict is sent once more, to see whether the server still knows it. */
  probe?: 1
  /** 1 when the verdict is something a person should see. */
  noted?: 1
  /** 1 when a refused edit was looked at and put away. */
  repaired?: 1
  settled_at?: string
  /** The number in the desa's sequence that the verdict gave it, where it gave one. */
  seq?: number
  verdict?: Sealed
}

/** Where an outbox stands. `settled` is the last number with a verdict, kept for ever. */
export interface OutboxState {
  id: string
  continues: { outbox: string; through: number } | null
  settled: { n: number; id: string } | null
}

export interface ClockState {
  /** Phone time when the last answer came, and the server's time in it. */
  contactLocal: number
  contactServer: string
  /** Latest phone time seen at all. */
  latest: number
  /** A backward jump was seen while edits were waiting. */
  jumped: boolean
}

/** What of the lost history may still be trusted: bases up to `seqs` of their dasa wisma. `isOpen` until the new copies stand. */
export interface Floor {
  seqs: Record<string, number>
  isOpen: boolean
}

/** Keys of `meta` and what lies under them. */
export interface Meta {
  outbox: OutboxState & { next: number }
  earlier: OutboxState[]
  epoch: string | null
  cursor: string | null
  /** Dasa wisma to ask from zero. */
  again: string[]
  /** Dasa wisma whose new copy is being built in `staged`. */
  building: string[]
  /** Outboxes whose `applied_through` must be asked after a restore. */
  offers: string[]
  /** After a restore of the server. */
  floor: Floor
  clock: ClockState
  form: unknown
  /** Phone time of the last look for a newer form, milliseconds. */
  form_looked: number
  /** Server time of the next welcome poll, phone clock, milliseconds. */
  next_poll: number
  /** The app is too old to read. */
  too_old: boolean
}

/** Reads one fact inside a transaction that includes `meta`. */
export function metaGet<K extends keyof Meta>(tx: IDBTransaction, key: K): Promise<Meta[K] | undefined> {
  return new Promise((resolve, reject) => {
    const request = tx.objectStore('meta').get(key)
    request.onsuccess = () => resolve(request.result as Meta[K] | undefined)
    request.onerror = () => reject(request.error)
  })
}

/** Writes one fact inside a transaction that includes `meta`. */
export function metaPut<K extends keyof Meta>(tx: IDBTransaction, key: K, value: Meta[K]): void {
  tx.objectStore('meta').put(value, key)
}

/** The current outbox, made at first use. */
export async function outboxOf(tx: IDBTransaction, fresh: () => string): Promise<Meta['outbox']> {
  const found = await metaGet(tx, 'outbox')
  if (found) return found
  const made = { id: fresh(), next: 1, continues: null, settled: null }
  metaPut(tx, 'outbox', made)
  return made
}

/** The sequence up to which a lost and the present history agree; where the dasa wisma is not known, the lowest. */
export function commonSeq(seqs: Record<string, number>, dasawisma: string | null): number {
  const known = dasawisma === null ? undefined : seqs[dasawisma]
  return known ?? Math.min(...Object.values(seqs), Number.MAX_SAFE_INTEGER)
}

/** What lies under a key of the outbox store. */
export function rowKey(row: { outbox: string; n: number }): [string, number] {
  return [row.outbox, row.n]
}

/** The range of all numbers of one outbox from `from` on. */
export function fromNumber(outbox: string, from: number): IDBKeyRange {
  return IDBKeyRange.bound([outbox, from], [outbox, Number.MAX_SAFE_INTEGER])
}
