/**
 * Reading records: the snapshot with everything unconfirmed laid over it.
 * The whole scope is read once and kept in memory until something changes (about 1,000 records of a few dasa wisma).
 */
import { ask, personDatabase, read } from './database'
import { listen } from './events'
import { doorOf, isKnownKind, isLive, layOver } from './overlay'
import { type EditBody, metaGet, type OutboxRow, type RecordContent, type SnapshotRow } from './rows'
import { open } from './seal'
import type { LocalRecord, Patch } from './types'

let cached: Promise<Map<string, LocalRecord>> | null = null
let listening = false

async function shown(row: SnapshotRow): Promise<LocalRecord | null> {
  if (!isKnownKind(row.kind)) return null
  const { fields, more } = await open<RecordContent>(`record/${row.id}`, row.content)
  const { kind, id, version, dasawisma, state, confirmed_on } = row
  return { ...more, kind, id, version, dasawisma, state, confirmed_on, fields, pending: false }
}

/** The patches of one stored edit with their bases. */
export async function patchesOf(row: OutboxRow): Promise<Patch[]> {
  const body = await open<EditBody>(`outbox/${row.id}`, row.body)
  return body.patches.map((patch, place) => ({ ...patch, base: row.bases[place] ?? 0 }))
}

/** Edits in the order they were made: older outboxes first, then by number. Never by time: this phone's clock may jump. */
function inOrder(rows: OutboxRow[], outboxes: string[]): OutboxRow[] {
  const rank = (row: OutboxRow): number => outboxes.indexOf(row.outbox)
  return rows.sort((a, b) => rank(a) - rank(b) || a.n - b.n)
}

async function load(): Promise<Map<string, LocalRecord>> {
  const db = await personDatabase()
  const [rows, edits, earlier, current] = await read(db, ['record', 'outbox', 'meta'], (tx) =>
    Promise.all([
      ask(tx.objectStore('record').getAll() as IDBRequest<SnapshotRow[]>),
      ask(tx.objectStore('outbox').index('overlay').getAll() as IDBRequest<OutboxRow[]>),
      metaGet(tx, 'earlier'),
      metaGet(tx, 'outbox'),
    ]),
  )
  const snapshot = (await Promise.all(rows.map(shown))).filter((record) => record !== null)
  const outboxes = [...(earlier ?? []).map((outbox) => outbox.id), current?.id ?? '']
  const patches = (await Promise.all(inOrder(edits, outboxes).map(patchesOf))).flat()
  return layOver(snapshot, patches)
}

/** Forgets what is in memory; the next read goes to the database. */
export function forget(): void {
  cached = null
}

/** Every record of known kinds by id, deleted and merged ones included. */
export function everything(): Promise<Map<string, LocalRecord>> {
  if (!listening) {
    listening = true
    listen((news) => {
      if (news.what === 'changed') forget()
    })
  }
  if (!cached) {
    const loading = load()
    cached = loading
    loading.catch(forget)
  }
  return cached
}

/** Live doors of the scope, unsent ones included, in no particular order. */
export async function allDoors(): Promise<LocalRecord[]> {
  const all = await everything()
  return [...all.values()].filter((record) => record.kind === 'household' && isLive(record.state))
}

/** Every live record by door: the household itself first, then what hangs on it. */
export async function recordsByDoor(): Promise<Map<string, LocalRecord[]>> {
  const doors = new Map<string, LocalRecord[]>()
  for (const record of (await everything()).values()) {
    if (!isLive(record.state)) continue
    const door = doorOf(record)
    const list = doors.get(door)
    if (!list) doors.set(door, [record])
    else if (record.kind === 'household') list.unshift(record)
    else list.push(record)
  }
  return doors
}

/** The live records of one door: household, families, members, events, visits. Empty where the door is not known. */
export async function recordsOfDoor(household: string): Promise<LocalRecord[]> {
  return (await recordsByDoor()).get(household) ?? []
}
