/** What the server told this person: verdicts worth seeing, the inbox, and the sync log. */
import { mark } from '../mark'
import { ask, personDatabase, read, write } from './database'
import { emit } from './events'
import type { EditBody, OutboxRow } from './rows'
import { open, type Sealed } from './seal'
import type { Note } from './types'
import type { Verdict } from '../sync/wire'

/** One line of the sync log, as shown and shared with support. It holds no answers. */
export interface LogLine {
  at: string
  /** ok, offline, failed, signin, blocked, later, restored, forked, repaired. */
  result: string
  status: number
  sent: number
  received: number
  gone: number
  bytesUp: number
  bytesDown: number
  /** Verdict words with how often each came. */
  verdicts: Record<string, number>
  /** Dasa wisma whose copy differed and was asked again. */
  repaired: string[]
}

export interface InboxRow {
  id: string
  seq: number
  type: string
  record: string | null
  at: string
  seen?: 1
  item: Sealed
}

/** An item of the inbox as the server sent it, with whether it was looked at. */
export interface InboxItem {
  id: string
  seq: number
  type: string
  record: string | null
  at: string
  isSeen: boolean
  field: string | null
  code: string | null
  details: Record<string, unknown>
}

/** A saved edit as the sync screen shows it. */
export interface SentEdit {
  outbox: string
  n: number
  id: string
  at: string
  settledAt: string | null
  touches: string[]
  body: EditBody
  verdict: Verdict | null
}

async function shown(row: OutboxRow): Promise<SentEdit> {
  const body = await open<EditBody>(`outbox/${row.id}`, row.body)
  const verdict = row.verdict === undefined ? null : await open<Verdict>(`verdict/${row.id}`, row.verdict)
  return { outbox: row.outbox, n: row.n, id: row.id, at: row.at, settledAt: row.settled_at ?? null, touches: row.touches, body, verdict }
}

/** The verdict that counts: of a repeated edit its first one. */
export function effective(verdict: Verdict): Verdict {
  return verdict.verdict === 'repeated' && verdict.was ? verdict.was : verdict
}

async function byIndex(index: 'waiting' | 'noted'): Promise<SentEdit[]> {
  const db = await personDatabase()
  const rows = await read(db, ['outbox'], (tx) => ask(tx.objectStore('outbox').index(index).getAll() as IDBRequest<OutboxRow[]>))
  const edits = await Promise.all(rows.filter((row) => index === 'waiting' || !row.repaired).map(shown))
  return edits.sort((a, b) => (a.id < b.id ? 1 : -1))
}

/** Edits without a verdict, newest first. */
export const waitingEdits = (): Promise<SentEdit[]> => byIndex('waiting')

/** Edits with a verdict a person should see (merged, held, proposed, refused, quarantined), newest first. */
export const notedEdits = (): Promise<SentEdit[]> => byIndex('noted')

/** The latest edits with a verdict, newest first. */
export async function settledEdits(limit: number): Promise<SentEdit[]> {
  const db = await personDatabase()
  const rows: OutboxRow[] = []
  await read(db, ['outbox'], (tx) => walkBack(tx.objectStore('outbox').index('settled_at').openCursor(null, 'prev'), rows, limit))
  return Promise.all(rows.map(shown))
}

function walkBack<T>(request: IDBRequest<IDBCursorWithValue | null>, found: T[], limit: number): Promise<void> {
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error)
    request.onsuccess = () => {
      const cursor = request.result
      if (!cursor || found.length >= limit) return resolve()
      found.push(cursor.value as T)
      cursor.continue()
    }
  })
}

/** What earlier saves of this record came to, where something was lost, joined or not applied. Newest first. */
export async function notesOf(record: string): Promise<Note[]> {
  const db = await personDatabase()
  const rows = await read(db, ['outbox'], (tx) => ask(tx.objectStore('outbox').index('touches').getAll(record) as IDBRequest<OutboxRow[]>))
  const edits = await Promise.all(rows.filter((row) => row.noted && !row.repaired).map(shown))
  return edits.sort((a, b) => (a.id < b.id ? 1 : -1)).flatMap((edit) => notesOfEdit(edit, record))
}

function notesOfEdit(edit: SentEdit, record: string): Note[] {
  if (!edit.verdict) return []
  const verdict = effective(edit.verdict)
  const set = edit.body.patches.find((patch) => patch.id === record)?.set ?? {}
  const lost = (verdict.lost ?? []).filter((item) => item.record === record)
  const base = { edit: edit.id, at: edit.settledAt ?? edit.at, verdict: verdict.verdict }
  if (lost.length > 0) return lost.map((item) => ({ ...base, field: item.field, kept: item.kept, lost: set[item.field], conflict: item.conflict ?? null }))
  if (verdict.verdict === 'merged') return []
  return [{ ...base, field: verdict.field ?? null, kept: null, lost: null, conflict: null }]
}

/** Puts a refused edit away after it was looked at; it stays stored. */
export async function putAway(outbox: string, n: number): Promise<void> {
  const db = await personDatabase()
  await write(db, ['outbox'], async (tx) => {
    const row = await ask(tx.objectStore('outbox').get([outbox, n]) as IDBRequest<OutboxRow | undefined>)
    if (row) tx.objectStore('outbox').put({ ...row, repaired: 1 })
  })
  emit({ what: 'changed' })
}

/** The inbox, newest first. Items of unknown types are kept too. */
export async function inbox(): Promise<InboxItem[]> {
  const db = await personDatabase()
  const rows = await read(db, ['inbox'], (tx) => ask(tx.objectStore('inbox').getAll() as IDBRequest<InboxRow[]>))
  const items = await Promise.all(rows.map(inboxItem))
  return items.sort((a, b) => b.seq - a.seq)
}

async function inboxItem(row: InboxRow): Promise<InboxItem> {
  const item = await open<Record<string, unknown>>(`inbox/${row.id}`, row.item)
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  const details = typeof item['details'] === 'object' && item['details'] !== null ? (item['details'] as Record<string, unknown>) : {}
  const { id, seq, type, record, at } = row
  return { id, seq, type, record, at, isSeen: row.seen === 1, field: text(item['field']), code: text(item['code']), details }
}

/** Marks inbox items as looked at. */
export async function markSeen(ids: string[]): Promise<void> {
  const db = await personDatabase()
  await write(db, ['inbox'], async (tx) => {
    const store = tx.objectStore('inbox')
    for (const id of ids) {
      const row = await ask(store.get(id) as IDBRequest<InboxRow | undefined>)
      if (row) store.put({ ...row, seen: 1 })
    }
  })
  emit({ what: 'changed' })
}

const LOG_KEPT = 300

/** Adds a line to the sync log and drops the oldest beyond 300. */
export async function addLog(line: LogLine): Promise<void> {
  const db = await personDatabase()
  await write(db, ['log'], async (tx) => {
    const store = tx.objectStore('log')
    const key = (await ask(store.add(line))) as number
    if (key > LOG_KEPT) store.delete(IDBKeyRange.upperBound(key - LOG_KEPT))
    mark('log: before commit')
  })
  mark('log: after commit')
}

/** The newest lines of the sync log. */
export async function logLines(limit: number): Promise<LogLine[]> {
  const db = await personDatabase()
  const lines: LogLine[] = []
  await read(db, ['log'], (tx) => walkBack(tx.objectStore('log').openCursor(null, 'prev'), lines, limit))
  return lines
}
