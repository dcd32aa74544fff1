/**
 * One knock on one door, unfinished: what was answered since the page was opened, and the patches it becomes. Pure.
 *
 *   { household, on, seen, isVisit, walksAll, touched: { ID: { kind, fresh, set, was } } }
 *
 * `set` holds only what differs from the record as it was met, except answers with a lifetime: those count as asked again today.
 * A list answer of a record the server knows travels as what was added and removed; everything else travels in `set`.
 */
import type { Adjust, Kind, LocalRecord, Patch } from '../store/types'
import { isAnswered } from './rules'

export interface Touched {
  kind: Kind
  /** Made in this visit: unknown to the store. */
  fresh: boolean
  set: Record<string, unknown>
  /** The answer each touched field had when it was first touched; null for none. */
  was: Record<string, unknown>
}

export interface VisitDraft {
  household: string
  /** YYYY-MM-DD on which the visit began. */
  on: string
  /** Desa sequence of the snapshot that was shown. */
  seen: number
  /** False for a correction or a life event noted without standing at the door. */
  isVisit: boolean
  /** "Lanjut" goes through every page, because nothing was missing when the visit began; otherwise it skips full pages. */
  walksAll: boolean
  touched: Record<string, Touched>
}

export const emptyDraft = (household: string, on: string, seen: number, isVisit = true, walksAll = false): VisitDraft => ({
  household,
  on,
  seen,
  isVisit,
  walksAll,
  touched: {},
})

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
const plain = (value: unknown): unknown => (isAnswered(value) ? value : null)

/** The draft after one answer. `keep` keeps an answer equal to the old one, because asking it again is itself a fact. */
export function answered(draft: VisitDraft, record: LocalRecord, field: string, value: unknown, keep = false): VisitDraft {
  const old: Touched = draft.touched[record.id] ?? { kind: record.kind, fresh: false, set: {}, was: {} }
  const was = field in old.was ? old.was : { ...old.was, [field]: record.fields[field] ?? null }
  const set = { ...old.set, [field]: plain(value) }
  if (!old.fresh && !keep && same(set[field], was[field])) delete set[field]
  return { ...draft, touched: { ...draft.touched, [record.id]: { ...old, set, was } } }
}

/** The draft with a new record in it. */
export function born(draft: VisitDraft, kind: Kind, id: string, fields: Record<string, unknown>): VisitDraft {
  return { ...draft, touched: { ...draft.touched, [id]: { kind, fresh: true, set: fields, was: {} } } }
}

/** The draft without a record that was made in it by mistake. */
export function unborn(draft: VisitDraft, id: string): VisitDraft {
  const touched = { ...draft.touched }
  delete touched[id]
  return { ...draft, touched }
}

/** The records as the draft leaves them: the store's, each with its answers laid over, then the new ones. */
export function withDraft(records: readonly LocalRecord[], draft: VisitDraft | null): LocalRecord[] {
  if (!draft) return [...records]
  const known = new Set(records.map((record) => record.id))
  const old = records.map((record) => overlaid(record, draft.touched[record.id], draft.on))
  const fresh = Object.entries(draft.touched).filter(([id, touched]) => touched.fresh && !known.has(id))
  return [...old, ...fresh.map(([id, touched]) => overlaid(blank(touched.kind, id), touched, draft.on))]
}

const blank = (kind: Kind, id: string): LocalRecord => ({
  kind,
  id,
  version: 0,
  dasawisma: null,
  state: 'active',
  confirmed_on: null,
  fields: {},
  pending: true,
})

/** Everything answered counts as asked on the day of the visit. */
function overlaid(record: LocalRecord, touched: Touched | undefined, on: string): LocalRecord {
  if (!touched) return record
  const fields = { ...record.fields }
  for (const [key, value] of Object.entries(touched.set)) {
    if (value === null) delete fields[key]
    else fields[key] = value
  }
  const state = touched.set['state']
  const asked_on = {
    ...(record as { asked_on?: Record<string, string> }).asked_on,
    ...Object.fromEntries(Object.keys(touched.set).map((key) => [key, on])),
  }
  return { ...record, fields, state: typeof state === 'string' ? state : record.state, ...{ asked_on } }
}

const order: readonly Kind[] = ['household', 'family', 'member', 'event', 'visit']

/** The patches of a draft, in the order household, family, member, event, visit; records left as they were make none. */
export function patches(draft: VisitDraft, base: Record<string, number>): Patch[] {
  const all = Object.entries(draft.touched)
    .filter(([, touched]) => touched.fresh || Object.keys(touched.set).length > 0)
    .map(([id, touched]) => patch(id, touched, touched.fresh ? 0 : (base[id] ?? 0)))
  return all.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

function patch(id: string, touched: Touched, base: number): Patch {
  const made: Patch = { kind: touched.kind, id, base }
  for (const [field, value] of Object.entries(touched.set)) {
    const was = touched.was[field]
    if (touched.fresh && value === null) continue
    if (base > 0 && (Array.isArray(value) || Array.isArray(was))) {
      const change = difference(was, value)
      if (change && change.add.length + change.remove.length > 0) {
        made.adjust = { ...made.adjust, [field]: change }
        continue
      }
    }
    made.set = { ...made.set, [field]: value }
  }
  return made
}

const rowOf = (item: unknown): unknown => (typeof item === 'object' && item !== null ? (item as { row?: unknown }).row : undefined)

/** What was added to and removed from a list; null where either side is no list (a non-response replaces the whole answer). */
export function difference(was: unknown, now: unknown): Adjust | null {
  const before = Array.isArray(was) ? (was as unknown[]) : was === null || was === undefined ? [] : null
  const after = Array.isArray(now) ? (now as unknown[]) : now === null ? [] : null
  if (!before || !after) return null
  const add = after.filter((item) => !before.some((other) => same(other, item)))
  const isHere = (item: unknown): boolean =>
    rowOf(item) === undefined ? after.some((other) => same(other, item)) : after.some((other) => rowOf(other) === rowOf(item))
  const remove = before.filter((item) => !isHere(item)).map((item) => rowOf(item) ?? item)
  return { add, remove }
}
