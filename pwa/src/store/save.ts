/**
 * Saving: one strict transaction writes the edit, takes its number and removes the draft.
 * When the promise resolves the answers are on disk ("tersimpan di HP"), whatever happens next.
 */
import { nowText, seams } from '../clock'
import { mark } from '../mark'
import { ask, personDatabase, write } from './database'
import { emit } from './events'
import { storedFormVersion } from './facts'
import { newId, newOutboxId } from './ids'
import { commonSeq, type EditBody, type Floor, metaGet, metaPut, type OutboxRow, outboxOf, type SnapshotRow } from './rows'
import { seal, type Sealed } from './seal'
import type { Patch, SaveOptions } from './types'

/** The app caps an edit at 64 KiB; a little is kept for its envelope. */
const MAX_EDIT_BYTES = 64 * 1024 - 512

interface Prepared {
  id: string
  patches: Patch[]
  body: Sealed
}

function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

/** Cuts a save that would be too large for one edit; only a single patch over the cap is an error (`edit-too-large`). */
export function cutToSize(patches: Patch[], limit = MAX_EDIT_BYTES): Patch[][] {
  const parts: Patch[][] = []
  let part: Patch[] = []
  let size = 0
  for (const patch of patches) {
    const bytes = bytesOf(patch) + 1
    if (bytes > limit) throw new Error('edit-too-large')
    if (size + bytes > limit) {
      parts.push(part)
      part = []
      size = 0
    }
    part.push(patch)
    size += bytes
  }
  if (part.length > 0) parts.push(part)
  return parts
}

async function prepare(patches: Patch[], options: SaveOptions, form: string, settles: string[]): Promise<Prepared> {
  const id = newId()
  const body: EditBody = {
    visited_on: options.visitedOn,
    form,
    settles,
    patches: patches.map(({ kind, id: record, set, adjust }) => ({ kind, id: record, ...(set && { set }), ...(adjust && { adjust }) })),
  }
  return { id, patches, body: await seal(`outbox/${id}`, body) }
}

/** A base read before a restore of the server may name a number of the lost history: it is lowered to what is common. */
function trusted(base: number, stored: SnapshotRow | undefined, floor: Floor | undefined): number {
  if (!floor || base === 0 || (!floor.isOpen && stored && base <= stored.version)) return base
  return Math.min(base, commonSeq(floor.seqs, stored?.dasawisma ?? null))
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** The dasa wisma an edit belongs to: named in it, or that of a record it touches, or of the door it names. */
async function placeOf(records: IDBObjectStore, patches: Patch[], stored: (SnapshotRow | undefined)[]): Promise<string | null> {
  const named = patches.map((patch) => patch.set?.['dasawisma']).find(isText) ?? stored.find((row) => row !== undefined)?.dasawisma
  const door = patches.map((patch) => patch.set?.['household']).find(isText)
  if (named !== undefined || door === undefined) return named ?? null
  return (await ask(records.get(door) as IDBRequest<SnapshotRow | undefined>))?.dasawisma ?? null
}

async function put(tx: IDBTransaction, edit: Prepared): Promise<void> {
  const outbox = await outboxOf(tx, newOutboxId)
  const floor = await metaGet(tx, 'floor')
  const records = tx.objectStore('record')
  const stored = await Promise.all(edit.patches.map((patch) => ask(records.get(patch.id) as IDBRequest<SnapshotRow | undefined>)))
  const row: OutboxRow = {
    outbox: outbox.id,
    n: outbox.next,
    id: edit.id,
    at: nowText(),
    touches: edit.patches.map((patch) => patch.id),
    bases: edit.patches.map((patch, place) => trusted(patch.base, stored[place], floor)),
    dasawisma: await placeOf(records, edit.patches, stored),
    body: edit.body,
    waiting: 1,
    overlay: 1,
  }
  tx.objectStore('outbox').add(row)
  metaPut(tx, 'outbox', { ...outbox, next: outbox.next + 1 })
}

async function watchClock(tx: IDBTransaction): Promise<void> {
  const clock = await metaGet(tx, 'clock')
  if (!clock) return
  const now = seams.now()
  const jumped = clock.jumped || now < clock.latest - 60_000
  metaPut(tx, 'clock', { ...clock, latest: Math.max(now, clock.latest), jumped })
}

/**
 * Saves patches as one edit, in one transaction with the removal of the draft.
 * Raises `no-person` before activation, `no-form` while no form is stored, `edit-too-large`, or the browser's `QuotaExceededError`;
 * then nothing was written and the draft is still there.
 */
export async function saveEdit(patches: Patch[], options: SaveOptions): Promise<void> {
  if (patches.length === 0 && !options.dropDraft) return
  const db = await personDatabase()
  const form = await storedFormVersion()
  const parts = cutToSize(patches)
  const edits: Prepared[] = []
  for (const [place, part] of parts.entries()) edits.push(await prepare(part, options, form, place === 0 ? (options.settles ?? []) : []))
  await write(db, ['record', 'outbox', 'draft', 'meta'], async (tx) => {
    await watchClock(tx)
    for (const edit of edits) await put(tx, edit)
    if (options.dropDraft) tx.objectStore('draft').delete(options.dropDraft)
    mark('save: before commit')
  })
  mark('save: after commit')
  emit({ what: 'changed' })
  if (edits.length > 0) emit({ what: 'saved' })
}
