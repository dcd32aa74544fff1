/** The form and the scope as the phone holds them, and what of a save is still under way. */
import * as api from '../api'
import { seams } from '../clock'
import { mark } from '../mark'
import { ask, personDatabase, read, write } from './database'
import { metaGet, metaPut, type OutboxRow } from './rows'
import type { FormJson, Scope } from './types'

let form_: FormJson | null = null

async function storedForm(): Promise<FormJson | null> {
  const db = await personDatabase()
  return ((await read(db, ['meta'], (tx) => metaGet(tx, 'form'))) as FormJson | undefined) ?? null
}

/** Fetches the form and keeps it. Null where the server cannot be reached. */
export async function refreshForm(): Promise<FormJson | null> {
  const got = await api.get<FormJson>('/api/form')
  const value = got.status === 200 && typeof got.json?.version === 'string' && got.json.kinds ? got.json : null
  if (!value) return null
  const db = await personDatabase()
  await write(db, ['meta'], async (tx) => {
    metaPut(tx, 'form', value)
    metaPut(tx, 'form_looked', seams.now())
    mark('form: before commit')
  })
  mark('form: after commit')
  form_ = value
  return value
}

const LOOK_EVERY_MS = 6 * 3600_000

/** Looks for a newer form, at most every six hours: a round trip costs more than the bytes. */
export async function lookForForm(): Promise<void> {
  const db = await personDatabase()
  const looked = (await read(db, ['meta'], (tx) => metaGet(tx, 'form_looked'))) ?? 0
  if (Math.abs(seams.now() - looked) > LOOK_EVERY_MS) await refreshForm()
}

/** The form: from memory, from the phone, or from the server. Raises `no-form` when none can be had. */
export async function form(): Promise<FormJson> {
  form_ ??= (await storedForm()) ?? (await refreshForm())
  if (!form_) throw new Error('no-form')
  return form_
}

/** The version of the stored form. */
export async function storedFormVersion(): Promise<string> {
  return (await form()).version
}

/** Forgets the form in memory (another person, another tab fetched a newer one). */
export function forgetForm(): void {
  form_ = null
}

/** The caller's dasa wisma as of the last complete pull, by code. */
export async function scopes(): Promise<Scope[]> {
  const db = await personDatabase()
  return read(db, ['scope'], (tx) => ask(tx.objectStore('scope').getAll() as IDBRequest<Scope[]>))
}

/** Edits without a verdict: how many, and the instant of the oldest (null for none). */
export async function unsent(): Promise<{ count: number; oldestAt: string | null }> {
  const db = await personDatabase()
  const rows = await read(db, ['outbox'], (tx) => ask(tx.objectStore('outbox').index('waiting').getAll() as IDBRequest<OutboxRow[]>))
  const oldestAt = rows.reduce<string | null>((oldest, row) => (oldest === null || row.at < oldest ? row.at : oldest), null)
  return { count: rows.length, oldestAt }
}

/** ISO instant (phone clock) of the last answer of the server, or null. */
export async function lastContact(): Promise<string | null> {
  const db = await personDatabase()
  const clock = await read(db, ['meta'], (tx) => metaGet(tx, 'clock'))
  return clock ? new Date(clock.contactLocal).toISOString() : null
}
