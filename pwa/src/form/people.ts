/** How a door, a family and a person are called on the screens. */
import type { LocalRecord } from '../store/types'
import { t } from '../words'
import type { Door } from './context'
import { headOf, nameOf } from './suggest'

const text = (record: LocalRecord | undefined, id: string): string => {
  const value = record?.fields[id]
  return typeof value === 'string' ? value : ''
}

/** The name of a person, or that there is none yet. */
export const personName = (member: LocalRecord, door: Door): string => nameOf(member, door) || t('door.no-name')

/** The name of a door: its head, else the name the kader gave it, else its address. */
export function doorName(door: Door): string {
  const form = door.form
  const chosen = door.members.find((member) => member.id === text(door.household, form.role('household', 'head')))
  const head = chosen ?? (door.household && headOf(door.household, door)) ?? door.members[0]
  return (
    nameOf(head, door) ||
    text(door.household, form.role('household', 'label')) ||
    text(door.household, form.role('household', 'address')) ||
    t('door.unnamed')
  )
}

/** Street and number, as far as known. */
export function doorAddress(door: Door): string {
  const form = door.form
  const number = text(door.household, form.role('household', 'house_number'))
  return [text(door.household, form.role('household', 'address')), number && t('door.number', { number })]
    .filter(Boolean)
    .join(' · ')
}

/** "Istri · 34 tahun", as far as known. */
export function personLine(member: LocalRecord, door: Door): string {
  const form = door.form
  const kinship = form.field('member', form.role('member', 'kinship'))
  const relation = kinship ? form.said(kinship, member.fields[kinship.id], '', '') : ''
  return [relation, ageText(member, door)].filter(Boolean).join(' · ')
}

/** Age in years, under two years in months. */
export function ageText(member: LocalRecord, door: Door): string {
  const months = door.months(member)
  if (months === null || months < 0) return ''
  return months < 24 ? t('door.months', { count: months }) : t('door.years', { count: Math.floor(months / 12) })
}

/** What a family is called: by its head, else by its number. */
export function familyName(family: LocalRecord, door: Door): string {
  const name = nameOf(headOf(family, door), door)
  const place = door.families.indexOf(family) + 1
  return name ? t('door.family-of', { name }) : t('door.family-number', { number: place })
}
