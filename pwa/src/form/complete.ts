/**
 * How one door stands: its outcome, and whether it is known, complete, fresh. Pure; the same words as the desa's coverage.
 *
 * known: visited by a person with an outcome that collected something. complete: known, somebody is counted here, every required question
 * that is asked has an answer or a mark, and at most a tenth is marked *tidak tahu* or *tidak mau menjawab*; a door added by a kader waits
 * for the desa. fresh: complete, confirmed within the window, and no required answer past its lifetime. Fresh is part of complete, complete
 * of known.
 */
import type { FormJson, LocalRecord } from '../store/types'
import { askedFields } from './ask'
import { Door } from './context'
import { addDays, addMonths } from './dates'
import { FormView, type FormField } from './form-view'
import { isAnswered, isNonresponse } from './rules'

/** Months for which a confirmation keeps a door fresh. */
export const FRESH_MONTHS = 6
/** Every third confirmation is a full visit. */
const TAPS_IN_A_ROW = 2
const COLLECTED = new Set(['selesai', 'sebagian', 'tidak_berubah'])
const CONFIRMED = new Set(['selesai', 'tidak_berubah'])

/** Keys the server adds to a pulled record beside its answers; an absent one says nothing. */
interface Added {
  /** Household: false while the desa has not accepted a door that a kader added. */
  accepted?: boolean
  /** Household: how often in a row it was confirmed by "tidak ada perubahan" alone. */
  taps?: number
  /** The day each answer with a lifetime was last asked. */
  asked?: Record<string, string>
}

export interface Place {
  record: LocalRecord
  field: FormField
  /** Id of the section it is asked in. */
  section: string
}

export interface DoorStatus {
  /** What came of the last visit; `belum` without one. */
  outcome: string
  /** Day of the last visit, or null. */
  visitedOn: string | null
  known: boolean
  complete: boolean
  fresh: boolean
  /** Everything is answered, but the desa has not accepted this new door. */
  waitsForDesa: boolean
  /** Required questions that are asked now and have no answer. */
  missing: Place[]
  /** Required answers past their lifetime. */
  expired: Place[]
  /** How many required questions are asked now. */
  required: number
  /** How many of them are marked *tidak tahu* or *tidak mau menjawab*, 0 to 1 of `required`. */
  nonresponse: number
  tooManyMarked: boolean
  /** Last day a visit confirmed the answers, or null. */
  confirmedOn: string | null
  /** Last day on which the confirmation still counts, or null. */
  freshUntil: string | null
  /** The next confirmation must be a full visit. */
  wantsFullVisit: boolean
  countPeople: number
}

const added = (record: LocalRecord | undefined): Added => (record ?? {}) as Added

/** The last visit of a door: what the phone has not sent yet comes after what the server knows. */
export function lastVisit(records: readonly LocalRecord[]): LocalRecord | undefined {
  const rank = (record: LocalRecord): string =>
    `${record.version === 0 ? 1 : 0}${String(record.version).padStart(16, '0')}${record.id}`
  return records
    .filter((record) => record.kind === 'visit' && record.state === 'active')
    .reduce<LocalRecord | undefined>((last, record) => (!last || rank(record) > rank(last) ? record : last), undefined)
}

/** How a door stands on a day (YYYY-MM-DD). */
export function doorStatus(records: readonly LocalRecord[], form: FormJson | FormView, today: string): DoorStatus {
  const view = form instanceof FormView ? form : new FormView(form)
  const door = new Door(records, view, today)
  const visit = lastVisit(records)
  const outcome = text(visit?.fields['outcome']) ?? 'belum'
  const places = requiredPlaces(door)
  const missing = places.filter(({ record, field }) => !isAnswered(record.fields[field.id]))
  const marked = places.filter(({ record, field }) => isNonresponse(record.fields[field.id])).length
  const confirmedOn = confirmation(door.household, records)
  const expired = places.filter((place) => isExpired(place, confirmedOn, today))
  const nonresponse = places.length > 0 ? marked / places.length : 0
  const tooManyMarked = marked > places.length * view.nonresponseShare
  const known = COLLECTED.has(outcome) || confirmedOn !== null
  const answered = known && missing.length === 0 && !tooManyMarked && door.counted.length > 0 && endsOpen(outcome)
  const accepted = added(door.household).accepted !== false
  const complete = answered && accepted
  const freshUntil = confirmedOn === null ? null : addMonths(confirmedOn, FRESH_MONTHS)
  return {
    outcome,
    visitedOn: text(visit?.fields['on']),
    known,
    complete,
    fresh: complete && freshUntil !== null && freshUntil >= today && expired.length === 0,
    waitsForDesa: answered && !accepted,
    missing,
    expired,
    required: places.length,
    nonresponse,
    tooManyMarked,
    confirmedOn,
    freshUntil,
    wantsFullVisit: tapsInARow(door.household, visit) >= TAPS_IN_A_ROW,
    countPeople: door.counted.length,
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const endsOpen = (outcome: string): boolean => outcome !== 'pindah'

/** Every required question that is asked now, of the house, its families and the people listed in it. */
function requiredPlaces(door: Door): Place[] {
  const kinds = door.form.completeKinds
  const all = [...(door.household ? [door.household] : []), ...door.families, ...door.members]
  return all
    .filter((record) => kinds.includes(record.kind))
    .flatMap((record) =>
      door.form.sections(record.kind).flatMap((section) =>
        askedFields(section, record, door)
          .filter((field) => field.required)
          .map((field) => ({ record, field, section: section.id })),
      ),
    )
}

/** The last day a visit confirmed the answers: what the server says, or a visit it has not seen yet. */
function confirmation(household: LocalRecord | undefined, records: readonly LocalRecord[]): string | null {
  const own = records
    .filter((record) => record.kind === 'visit' && record.state === 'active' && CONFIRMED.has(String(record.fields['outcome'])))
    .map((record) => text(record.fields['on']))
  return [household?.confirmed_on ?? null, ...own].reduce(
    (last, on) => (on !== null && (last === null || on > last) ? on : last),
    null,
  )
}

function isExpired({ record, field }: Place, confirmedOn: string | null, today: string): boolean {
  if (typeof field.valid_days !== 'number' || !isAnswered(record.fields[field.id])) return false
  const asked = added(record).asked?.[field.id] ?? confirmedOn
  return asked !== null && addDays(asked, field.valid_days) < today
}

function tapsInARow(household: LocalRecord | undefined, visit: LocalRecord | undefined): number {
  const told = added(household).taps ?? 0
  const isTap = visit?.fields['outcome'] === 'tidak_berubah'
  if (visit && visit.version === 0) return isTap ? told + 1 : COLLECTED.has(String(visit.fields['outcome'])) ? 0 : told
  return isTap ? Math.max(told, 1) : told
}
