/**
 * How one door stands: its outcome, and whether it is known, complete, fresh. Pure; the same words as the desa's coverage.
 *
 * known: visited by a person with an outcome that collected something. complete: known, somebody is counted here, every required question
 * that is asked has an answer or a mark, and at most a tenth is marked *tidak tahu* or *tidak mau menjawab*; a door added by a kader waits
 * for the desa. fresh: complete, confirmed within the window, and no required answer past its lifetime. Fresh is part of complete, complete
 * of known.
 */
import type { FormJson, LocalRecord } from '../store/types'
import { askedFields } from './asked'
import { Door } from './context'
import { addDays, addMonths } from './dates'
import { FormView, type FormField } from './form-view'
import { isAnswered, isNonresponse } from './rules'

/** Months for which a confirmation keeps a door fresh. */
export const FRESH_MONTHS = 6
/** Of taps in a row only the first two confirm: every third confirmation is a full visit. */
const TAPS_IN_A_ROW = 2
const COLLECTED = new Set(['selesai', 'sebagian', 'tidak_berubah'])
const CONFIRMED = new Set(['selesai', 'tidak_berubah'])
const TAP = 'tidak_berubah'

/** Keys the server adds to a pulled record beside its answers; an absent one says nothing. */
interface Added {
  /** Household: false while the desa has not accepted a door that a kader added. */
  accepted?: boolean
  /** Household: `[day, seen, outcome, visit, is withheld]` of each confirming visit, in the order they arrived. */
  confirmations?: unknown[][]
  /** The day each answer with a lifetime was last asked. */
  asked_on?: Record<string, string>
}

interface Confirmation {
  day: string
  seen: number
  isTap: boolean
  /** Kept, but gives no freshness until the desa answered the finding about it. */
  isWithheld: boolean
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
  const confirmations = confirmationsOf(door.household, records)
  const counting = effective(confirmations)
  const confirmedOn = counting.reduce<string | null>((last, one) => (last === null || one.day > last ? one.day : last), null)
  const expired = places.filter((place) => isExpired(place, counting, visit, today))
  const tooManyMarked = marked > places.length * view.nonresponseShare
  const known = COLLECTED.has(outcome) || confirmations.length > 0
  const answered = known && missing.length === 0 && !tooManyMarked && door.counted.length > 0 && door.household?.state === 'active'
  const accepted = added(door.household).accepted !== false
  const freshUntil = confirmedOn === null ? null : addMonths(confirmedOn, FRESH_MONTHS)
  return {
    outcome,
    visitedOn: text(visit?.fields['on']),
    known,
    complete: answered && accepted,
    fresh: answered && accepted && freshUntil !== null && freshUntil >= today && expired.length === 0,
    waitsForDesa: answered && !accepted,
    missing,
    expired,
    required: places.length,
    nonresponse: places.length > 0 ? marked / places.length : 0,
    tooManyMarked,
    confirmedOn,
    freshUntil,
    wantsFullVisit: tapsAtTheEnd(confirmations) >= TAPS_IN_A_ROW,
    countPeople: door.counted.length,
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** Every required question that is asked now, of the house, its families and the people counted in it. */
function requiredPlaces(door: Door): Place[] {
  const kinds = door.form.completeKinds
  const all = [...(door.household ? [door.household] : []), ...door.families, ...door.counted]
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

/** The visits that confirmed the answers, oldest first: those the server knows, then those it has not seen yet. */
function confirmationsOf(household: LocalRecord | undefined, records: readonly LocalRecord[]): Confirmation[] {
  const told = added(household).confirmations
  const known: Confirmation[] = (told ?? []).map(([day, seen, outcome, , isWithheld]) => ({
    day: String(day),
    seen: Number(seen),
    isTap: outcome === TAP,
    isWithheld: isWithheld === true,
  }))
  const visits = records.filter((record) => {
    const isNew = told === undefined || record.version === 0
    return record.kind === 'visit' && record.state === 'active' && isNew && CONFIRMED.has(String(record.fields['outcome']))
  })
  if (told === undefined && household?.confirmed_on)
    known.push({ day: household.confirmed_on, seen: Infinity, isTap: false, isWithheld: false })
  const own = visits.map(({ fields }) => ({
    day: text(fields['on']) ?? '',
    seen: Number(fields['seen']) || 0,
    isTap: fields['outcome'] === TAP,
    isWithheld: false,
  }))
  return [...known, ...own.filter((one) => one.day !== '')]
}

/** Those that give freshness: a third tap in a row gives none. */
function effective(confirmations: Confirmation[]): Confirmation[] {
  let taps = 0
  return confirmations.filter((one) => {
    if (one.isWithheld) return false
    taps = one.isTap ? taps + 1 : 0
    return taps <= TAPS_IN_A_ROW
  })
}

const tapsAtTheEnd = (confirmations: Confirmation[]): number => confirmations.reduce((taps, one) => (one.isTap ? taps + 1 : 0), 0)

/** Whether an answer is past its lifetime; a confirmation carries it on while it lives and its author had seen it. */
function isExpired({ record, field }: Place, counting: Confirmation[], visit: LocalRecord | undefined, today: string): boolean {
  const life = field.valid_days
  const asked = added(record).asked_on?.[field.id]
  if (typeof life !== 'number' || asked === undefined || !isAnswered(record.fields[field.id])) return false
  if (record.pending && visit?.version === 0 && CONFIRMED.has(String(visit.fields['outcome']))) return false
  const last = counting.reduce((day, one) => {
    const carries = day < one.day && one.day <= addDays(day, life) && record.version <= one.seen
    return carries ? one.day : day
  }, asked)
  return addDays(last, life) < today
}
