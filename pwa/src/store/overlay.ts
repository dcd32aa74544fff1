/**
 * Laying what the server has not confirmed over what it has: pure.
 *
 * A save is never written into the snapshot. What a screen shows is the snapshot plus every edit whose
 * effect the stored snapshot does not hold yet, in the order of saving.
 */
import type { Adjust, Kind, LocalRecord, Patch } from './types'

const KINDS: ReadonlySet<string> = new Set(['household', 'family', 'member', 'event', 'visit'])

/** True for the kinds this version of the app can show. */
export function isKnownKind(kind: string): kind is Kind {
  return KINDS.has(kind)
}

function rowId(item: unknown): string | null {
  if (typeof item !== 'object' || item === null) return null
  const id = (item as { row?: unknown }).row
  return typeof id === 'string' ? id : null
}

function sameItem(left: unknown, right: unknown): boolean {
  const id = rowId(left)
  return id === null ? JSON.stringify(left) === JSON.stringify(right) : id === rowId(right)
}

/** A list answer after an adjust: removed ones out (rows by id), added ones in or replaced. */
export function adjusted(list: unknown, change: Adjust): unknown[] {
  const old = Array.isArray(list) ? (list as unknown[]) : []
  const isOut = (item: unknown): boolean => change.remove.some((out) => out === rowId(item) || sameItem(out, item))
  const kept = old.filter((item) => !isOut(item))
  for (const item of change.add) {
    const place = kept.findIndex((other) => sameItem(other, item))
    if (place < 0) kept.push(item)
    else kept[place] = item
  }
  return kept
}

function withPatch(record: LocalRecord, patch: Omit<Patch, 'base'>): LocalRecord {
  const fields = { ...record.fields }
  for (const [key, value] of Object.entries(patch.set ?? {})) {
    if (value === null) delete fields[key]
    else fields[key] = value
  }
  for (const [key, change] of Object.entries(patch.adjust ?? {})) fields[key] = adjusted(fields[key], change)
  const state = typeof patch.set?.['state'] === 'string' ? patch.set['state'] : record.state
  const place = typeof patch.set?.['dasawisma'] === 'string' ? patch.set['dasawisma'] : record.dasawisma
  return { ...record, fields, state, dasawisma: place, pending: true }
}

function born(patch: Omit<Patch, 'base'>): LocalRecord {
  return { kind: patch.kind, id: patch.id, version: 0, dasawisma: null, state: 'active', confirmed_on: null, fields: {}, pending: true }
}

/** Lays patches over the snapshot, in order. A patch of a record that the snapshot once had and lost shows nothing. */
export function layOver(snapshot: Iterable<LocalRecord>, patches: Iterable<Patch>): Map<string, LocalRecord> {
  const all = new Map<string, LocalRecord>()
  for (const record of snapshot) all.set(record.id, record)
  for (const patch of patches) {
    const before = all.get(patch.id) ?? (patch.base === 0 ? born(patch) : null)
    if (before) all.set(patch.id, withPatch(before, patch))
  }
  for (const record of all.values()) {
    if (record.dasawisma === null) record.dasawisma = all.get(doorOf(record))?.dasawisma ?? null
  }
  return all
}

/** The id of the door a record hangs on; a household's own id; empty where it has none. */
export function doorOf(record: LocalRecord): string {
  if (record.kind === 'household') return record.id
  const door = record.fields['household']
  return typeof door === 'string' ? door : ''
}

/** True for what is pulled and digested: active, moved, died. */
export function isLive(state: string): boolean {
  return state === 'active' || state === 'moved' || state === 'died'
}
