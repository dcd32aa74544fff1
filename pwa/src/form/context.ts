/**
 * What a rule may know beside the answers of its record: ages, the state of a mother, who else lives behind the same door.
 *
 * The twin of `models/form/context.py`, held to `tests/vectors/context.json`; the keys are listed in `docs/form/rules.md`. A mother's state
 * comes from events only.
 */
import type { LocalRecord } from '../store/types'
import { addDays, ageMonths, parts } from './dates'
import type { FormView } from './form-view'
import { applies, type Answers, type Context } from './rules'

const ENDS = new Set(['melahirkan', 'keguguran', 'nifas', 'lahir'])
const BIRTHS = new Set(['melahirkan', 'nifas', 'lahir'])

/** A whole day written YYYY-MM-DD, or null. */
const wholeDay = (value: unknown): string | null => (parts(value)?.day ? (value as string) : null)

/** Flags about one person's own answers that only the form's soft checks read. */
export type PersonFlags = (form: FormView, answers: Answers) => Context

/** The records of one door, sorted out once, with the day asked about. */
export class Door {
  readonly records: readonly LocalRecord[]
  readonly form: FormView
  readonly asOf: string
  readonly household: LocalRecord | undefined
  readonly families: LocalRecord[]
  /** People who live here or are listed here: neither dead, moved nor deleted. */
  readonly members: LocalRecord[]
  /** Live events, oldest first. */
  readonly events: LocalRecord[]
  private readonly flags: PersonFlags
  private readonly cache = new Map<string, Context>()

  constructor(records: readonly LocalRecord[], form: FormView, asOf: string, flags: PersonFlags = () => ({})) {
    this.flags = flags
    this.records = records
    this.form = form
    this.asOf = asOf
    this.household = records.find((record) => record.kind === 'household')
    this.families = records.filter((record) => record.kind === 'family' && record.state === 'active')
    this.members = records.filter((record) => record.kind === 'member' && record.state === 'active')
    const when = (event: LocalRecord): string => `${wholeDay(event.fields['on']) ?? ''}|${String(event.fields['type'])}`
    this.events = records
      .filter((record) => record.kind === 'event' && record.state === 'active')
      .sort((a, b) => (when(a) < when(b) ? -1 : 1))
  }

  /** Whether a person is counted where she is listed: by the form's rule of who lives here. */
  isCounted(member: LocalRecord): boolean {
    return member.state === 'active' && applies(this.form.population('living'), member.fields, {})
  }

  get counted(): LocalRecord[] {
    return this.members.filter((member) => this.isCounted(member))
  }

  /** The context a rule of this record is read in; an event's is of its own day. */
  context(record: LocalRecord): Context {
    const kept = this.cache.get(record.id)
    if (kept) return kept
    const made = this.make(record)
    this.cache.set(record.id, made)
    return made
  }

  private make(record: LocalRecord): Context {
    const base = { settings: this.form.settings, household: this.household?.fields ?? {} }
    if (record.kind === 'member') return { ...base, ...this.ofPerson(record, record.id, this.asOf), has_balita: this.hasToddler() }
    if (record.kind === 'event') return { ...base, ...this.ofEvent(record) }
    return { ...base, as_of: this.asOf, ...(record.kind === 'household' && this.ofHousehold()) }
  }

  private ofHousehold(): Context {
    const counted = this.counted
    return {
      several_families: this.families.length > 1,
      inhabited: counted.length > 0,
      hamil_nifas: counted.some((member) => this.context(member)['hamil_nifas'] === true),
    }
  }

  private hasToddler(): boolean {
    const limit = setting(this.form, 'balita_bulan')
    return this.members.some((member) => {
      const months = this.months(member)
      return months !== null && months >= 0 && months < limit
    })
  }

  private ofPerson(person: LocalRecord | undefined, id: string, asOf: string): Context {
    const months = person ? this.months(person, asOf) : null
    const mother = this.motherhood(id, asOf)
    const family = person && this.records.find((record) => record.kind === 'family' && record.id === person.fields['family'])
    return {
      ...mother,
      ...this.flags(this.form, person?.fields ?? {}),
      as_of: asOf,
      age: months === null ? null : Math.floor(months / 12),
      months,
      hamil_nifas: mother['hamil'] === true || mother['nifas'] === true,
      family: family?.fields ?? {},
    }
  }

  private ofEvent(event: LocalRecord): Context {
    const id = String(event.fields['member'])
    const person = this.records.find((record) => record.kind === 'member' && record.id === id)
    return { ...this.ofPerson(person, id, wholeDay(event.fields['on']) ?? this.asOf), member: person?.fields ?? {} }
  }

  /** Completed months on a day; null while the birth date is unknown. */
  months(member: LocalRecord, asOf: string = this.asOf): number | null {
    const born = wholeDay(member.fields[this.form.role('member', 'born')])
    return born === null ? null : ageMonths(born, asOf)
  }

  /** hamil, nifas, menyusui of one woman on a day, from her events; a birth that names her as the mother is hers too. */
  motherhood(id: string, asOf: string): Record<string, boolean> {
    const own = this.events.filter((event) => {
      const who = event.fields['type'] === 'lahir' ? event.fields[this.form.role('event', 'mother')] : event.fields['member']
      const on = wholeDay(event.fields['on'])
      return who === id && on !== null && on <= asOf
    })
    const type = (event: LocalRecord): string => String(event.fields['type'])
    const days = (key: string): number => setting(this.form, key)
    return {
      hamil: this.isPregnant(own, asOf, days('hamil_hari')),
      nifas: own.some((event) => BIRTHS.has(type(event)) && within(on(event), asOf, days('nifas_hari'))),
      menyusui: this.breastfeeds(own, asOf, days('menyusui_hari')),
    }
  }

  /** A later record of the same pregnancy does not lengthen it. */
  private isPregnant(own: LocalRecord[], asOf: string, days: number): boolean {
    let start: string | null = null
    for (const event of own) {
      const type = String(event.fields['type'])
      if (ENDS.has(type)) start = null
      else if (type === 'hamil' && (start === null || !within(start, on(event), days))) start = on(event)
    }
    return start !== null && within(start, asOf, days)
  }

  private breastfeeds(own: LocalRecord[], asOf: string, days: number): boolean {
    let start: string | null = null
    for (const event of own) {
      const type = event.fields['type']
      if (type === 'berhenti_menyusui') start = null
      else if (type === 'menyusui') start = wholeDay(event.fields[this.form.role('event', 'breastfed_child_born')]) ?? on(event)
      else if ((type === 'melahirkan' || type === 'nifas') && event.fields[this.form.role('event', 'breastfed')] === true)
        start = on(event)
    }
    return start !== null && within(start, asOf, days)
  }
}

const on = (event: LocalRecord): string => wholeDay(event.fields['on']) ?? ''
const within = (start: string, asOf: string, days: number): boolean => start <= asOf && asOf <= addDays(start, days)

function setting(form: FormView, key: string): number {
  const value = form.settings[key]
  return typeof value === 'number' ? value : 0
}
