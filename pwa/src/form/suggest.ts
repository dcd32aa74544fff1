/**
 * Answers the app may offer before anybody gave them: the same as the head of the family, what follows from the relation, or what is usual.
 *
 * A suggestion is shown as unconfirmed and is stored only when the kader taps it.
 */
import type { LocalRecord } from '../store/types'
import type { Door } from './context'
import type { FormField } from './form-view'
import { isAnswered, isKnown } from './rules'

export interface Suggestion {
  value: unknown
  /** Word key of the reason shown beside it. */
  why: 'ask.like-head' | 'ask.usual' | 'ask.likely'
}

/** The head of the family a person belongs to; of the first family where she belongs to none. */
export function headOf(record: LocalRecord, door: Door): LocalRecord | undefined {
  const kinship = door.form.role('member', 'kinship')
  const family = record.kind === 'family' ? record.id : record.fields['family']
  return door.members.find(
    (member) =>
      (family === undefined || member.fields['family'] === family) &&
      door.form.means('member', 'kinship', 'head', member.fields[kinship]),
  )
}

/** A person's name, or empty. */
export function nameOf(record: LocalRecord | undefined, door: Door): string {
  const name = record?.fields[door.form.role('member', 'name')]
  return typeof name === 'string' && isKnown(name) ? name : ''
}

/** What to offer for an unanswered question; null for nothing. */
export function suggestion(field: FormField, record: LocalRecord, door: Door): Suggestion | null {
  const rule = field.default
  if (!rule || isAnswered(record.fields[field.id])) return null
  if (rule.value !== undefined) return { value: rule.value, why: 'ask.usual' }
  if (rule.from === 'head') return fromHead(field, record, door)
  if (rule.from === 'relation') return likely(fromRelation(field, record, door))
  if (rule.from === 'first_head') return likely(door.members.find((member) => isHead(member, door))?.id)
  if (rule.from === 'spouse') return likely(spouseName(record, door))
  return null
}

const likely = (value: unknown): Suggestion | null => (isAnswered(value) ? { value, why: 'ask.likely' } : null)

const isHead = (member: LocalRecord, door: Door): boolean =>
  door.form.means('member', 'kinship', 'head', member.fields[door.form.role('member', 'kinship')])

function fromHead(field: FormField, record: LocalRecord, door: Door): Suggestion | null {
  const person = record.kind === 'event' ? door.records.find((other) => other.id === record.fields['member']) : record
  const head = headOf(person ?? record, door)
  if (!head || head.id === record.id) return null
  const value = record.kind === 'event' ? nameOf(head, door) : head.fields[field.id]
  return isKnown(value) ? { value, why: 'ask.like-head' } : null
}

function fromRelation(field: FormField, record: LocalRecord, door: Door): string {
  const form = door.form
  const kinship = record.fields[form.role('member', 'kinship')]
  const isWife = form.means('member', 'kinship', 'wife', kinship)
  const isHusband = form.means('member', 'kinship', 'husband', kinship)
  if (!isWife && !isHusband) return ''
  if (field.id === form.role('member', 'sex')) return form.valueOf('member', 'sex', isWife ? 'female' : 'male')
  if (field.id === form.role('member', 'marital')) return form.valueOf('member', 'marital', 'married')
  return ''
}

/** The name of the other half of the couple a person belongs to, where it lives behind the same door. */
function spouseName(record: LocalRecord, door: Door): string {
  const form = door.form
  const person = door.records.find((other) => other.id === record.fields['member'])
  if (!person) return ''
  const kinship = form.role('member', 'kinship')
  const wanted = isHead(person, door) ? ['husband', 'wife'] : ['head']
  const isCouple =
    isHead(person, door) || ['husband', 'wife'].some((one) => form.means('member', 'kinship', one, person.fields[kinship]))
  if (!isCouple) return ''
  const other = door.members.find(
    (member) =>
      member.id !== person.id &&
      member.fields['family'] === person.fields['family'] &&
      wanted.some((one) => form.means('member', 'kinship', one, member.fields[kinship])),
  )
  return nameOf(other, door)
}
