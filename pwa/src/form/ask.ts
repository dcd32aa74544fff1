/** How far the answers of a record have come, the pages of a visit in their order, and the answers that look odd. */
import type { Kind, LocalRecord } from '../store/types'
import { askedFields } from './asked'
import type { Door } from './context'
import type { FormCheck, FormField, FormSection } from './form-view'
import { applies, isAnswered } from './rules'

export type SectionState = 'none' | 'some' | 'full'

export interface Progress {
  state: SectionState
  /** Questions that count for "complete". */
  required: number
  /** Of those, still without any answer. */
  missing: number
}

/** How far one section of one record is. A section without required questions is full as soon as anything in it was answered. */
export function progress(section: FormSection, record: LocalRecord, door: Door): Progress {
  const fields = askedFields(section, record, door)
  const core = fields.filter((field) => field.required)
  const missing = core.filter((field) => !isAnswered(record.fields[field.id])).length
  const anything = fields.some((field) => isAnswered(record.fields[field.id]))
  const full = core.length > 0 ? missing === 0 : anything
  return { state: full ? 'full' : anything ? 'some' : 'none', required: core.length, missing }
}

export interface Step {
  kind: Kind
  record: LocalRecord
  section: FormSection
}

/** Pages of one record that have something to ask, in the order of the form. */
export function stepsOf(record: LocalRecord, door: Door): Step[] {
  return door.form
    .sections(record.kind)
    .filter((section) => askedFields(section, record, door).length > 0)
    .map((section) => ({ kind: record.kind, record, section }))
}

/**
 * The pages of a full visit: first everybody's first page (name, relation, sex, birth), then the house, the families, and each person's topics.
 * Pages of modules come only with `all`.
 */
export function visitSteps(door: Door, all = false): Step[] {
  const people = door.members.flatMap((member) => stepsOf(member, door))
  const house = door.household ? stepsOf(door.household, door) : []
  const families = door.families.flatMap((family) => stepsOf(family, door))
  const roster = people.filter((step) => step.section.pass === 'roster')
  const rest = people.filter((step) => step.section.pass !== 'roster')
  return [...roster, ...house, ...families, ...rest].filter((step) => all || step.section.module === null)
}

/** Ids of the soft checks already answered with "benar, memang begitu". */
export function settledChecks(record: LocalRecord, door: Door): string[] {
  const kept = record.fields[door.form.role(record.kind, 'confirmed')]
  return Array.isArray(kept) ? (kept as string[]) : []
}

/** The odd answers nobody declared right yet: soft checks that hold. They ask, and never refuse. */
export function oddities(field: FormField, record: LocalRecord, door: Door): FormCheck[] {
  if (!isAnswered(record.fields[field.id])) return []
  const settled = settledChecks(record, door)
  return (field.checks ?? []).filter(
    (check) => !settled.includes(check.id) && applies(check.rule, record.fields, door.context(record)),
  )
}

export interface Oddity {
  step: Step
  check: FormCheck
}

/** Every odd answer at a door that nobody declared right, with the page it stands on. */
export function allOddities(door: Door): Oddity[] {
  const records = [...(door.household ? [door.household] : []), ...door.families, ...door.members]
  return records.flatMap((record) =>
    stepsOf(record, door).flatMap((step) =>
      askedFields(step.section, record, door)
        .flatMap((field) => oddities(field, record, door))
        .map((check) => ({ step, check })),
    ),
  )
}
