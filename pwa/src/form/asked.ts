/**
 * Which questions of a record are asked now: those whose rule holds.
 *
 * An answer whose question is no longer asked stays stored and counts nothing.
 */
import type { LocalRecord } from '../store/types'
import type { Door } from './context'
import type { FormField, FormSection } from './form-view'
import { applies } from './rules'

/** True when a question is asked of this record; hidden ones are filled by their neighbours. */
export function isAsked(field: FormField, record: LocalRecord, door: Door): boolean {
  if (field.widget === 'hidden') return false
  return field.show_if === null || applies(field.show_if, record.fields, door.context(record))
}

/** The questions of one section that are asked now. */
export const askedFields = (section: FormSection, record: LocalRecord, door: Door): FormField[] =>
  section.fields.filter((field) => isAsked(field, record, door))
