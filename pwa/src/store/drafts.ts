/** Drafts: unfinished pages, saved strictly at every answer. Nothing but their own save or the kader removes them. */
import { nowText } from '../clock'
import { mark } from '../mark'
import { ask, personDatabase, read, write } from './database'
import { open, seal, type Sealed } from './seal'
import type { Draft } from './types'

interface DraftRow {
  key: string
  savedAt: string
  base: Record<string, number>
  value: Sealed
}

async function opened<T>(row: DraftRow): Promise<Draft<T>> {
  return { key: row.key, savedAt: row.savedAt, base: row.base, value: await open<T>(`draft/${row.key}`, row.value) }
}

/** The draft under `key`, or null. */
export async function getDraft<T>(key: string): Promise<Draft<T> | null> {
  const db = await personDatabase()
  const row = await read(db, ['draft'], (tx) => ask(tx.objectStore('draft').get(key) as IDBRequest<DraftRow | undefined>))
  return row ? opened<T>(row) : null
}

/** Keeps a draft. `base` is the version of each record when the page was opened. Resolves when it is on disk. */
export async function putDraft(key: string, value: unknown, base: Record<string, number>): Promise<void> {
  const db = await personDatabase()
  const row: DraftRow = { key, savedAt: nowText(), base, value: await seal(`draft/${key}`, value) }
  await write(db, ['draft'], async (tx) => {
    tx.objectStore('draft').put(row)
    mark('draft: before commit')
  })
  mark('draft: after commit')
}

/** Removes a draft. */
export async function dropDraft(key: string): Promise<void> {
  const db = await personDatabase()
  await write(db, ['draft'], async (tx) => {
    tx.objectStore('draft').delete(key)
    mark('draft dropped: before commit')
  })
  mark('draft dropped: after commit')
}

/** All drafts, newest first. */
export async function drafts(): Promise<Draft[]> {
  const db = await personDatabase()
  const rows = await read(db, ['draft'], (tx) => ask(tx.objectStore('draft').getAll() as IDBRequest<DraftRow[]>))
  const all = await Promise.all(rows.map((row) => opened<unknown>(row)))
  return all.sort((a, b) => (a.savedAt < b.savedAt ? 1 : -1))
}
