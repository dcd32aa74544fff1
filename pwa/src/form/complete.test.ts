/** Known, complete, fresh: the words of the coverage, decided on the phone. */
import { describe, expect, test } from 'vitest'
import type { LocalRecord } from '../store/types'
import { askedFields } from './asked'
import { doorStatus } from './complete'
import { Door } from './context'
import { record, theForm } from './fixture.test-help'
import { FormView, type FormField } from './form-view'

const form = new FormView(theForm())
const TODAY = '2026-11-23'
const role = (kind: 'member' | 'household' | 'family', name: string) => form.role(kind, name)

function answerFor(field: FormField): unknown {
  if (field.type === 'boolean') return false
  if (field.type === 'choices') return [(field.choices.find((choice) => choice.exclusive) ?? field.choices[0])!.value]
  if (field.type === 'choice') return field.choices[0]!.value
  if (field.type === 'integer') return 1
  return 'Bojonegoro'
}

/** A door with everything required answered: a couple and a baby, visited on a day. */
function fullDoor(visit: Record<string, unknown> | null = { on: '2026-11-20', outcome: 'selesai' }): LocalRecord[] {
  const person = (id: string, sex: 'male' | 'female', born: string, kinship: string) =>
    record('member', id, {
      household: 'h',
      family: 'f',
      [role('member', 'name')]: id,
      [role('member', 'kinship')]: form.valueOf('member', 'kinship', kinship),
      [role('member', 'sex')]: form.valueOf('member', 'sex', sex),
      [role('member', 'born')]: born,
      ...(kinship === 'wife' && { [role('member', 'marital')]: form.valueOf('member', 'marital', 'married') }),
      [role('member', 'residence')]: form.valueOf('member', 'residence', 'stays'),
    })
  let all = [
    record('household', 'h'),
    record('family', 'f', { household: 'h' }),
    person('father', 'male', '1980-01-01', 'head'),
    person('mother', 'female', '1990-01-01', 'wife'),
    person('baby', 'female', '2026-06-01', 'child'),
    ...(visit ? [record('visit', 'v', { household: 'h', seen: 5, ...visit })] : []),
  ]
  for (let round = 0; round < 5; round++) {
    const door = new Door(all, form, TODAY)
    all = all.map((one) => {
      const fields = form
        .sections(one.kind)
        .filter(() => one.kind !== 'visit')
        .flatMap((section) => askedFields(section, one, door))
        .filter((field) => field.required && one.fields[field.id] === undefined)
      return { ...one, fields: { ...one.fields, ...Object.fromEntries(fields.map((field) => [field.id, answerFor(field)])) } }
    })
  }
  return all
}

const change = (all: LocalRecord[], id: string, fields: Record<string, unknown>, more: object = {}): LocalRecord[] =>
  all.map((one) => (one.id === id ? { ...one, fields: { ...one.fields, ...fields }, ...more } : one))

describe('doorStatus', () => {
  test('doorStatus__everything_answered_and_visited__complete_and_fresh', () => {
    expect(doorStatus(fullDoor(), form, TODAY)).toMatchObject({
      outcome: 'selesai',
      known: true,
      complete: true,
      fresh: true,
      missing: [],
      countPeople: 3,
    })
  })

  test('doorStatus__imported_but_never_visited__neither_known_nor_complete', () => {
    expect(doorStatus(fullDoor(null), form, TODAY)).toMatchObject({ outcome: 'belum', known: false, complete: false, fresh: false })
  })

  test('doorStatus__one_answer_missing__known_not_complete', () => {
    const all = change(fullDoor(), 'h', { [role('household', 'water')]: undefined })
    const status = doorStatus(all, form, TODAY)
    expect(status).toMatchObject({ known: true, complete: false })
    expect(status.missing.map((place) => place.field.id)).toEqual([role('household', 'water')])
  })

  test('doorStatus__partial_visit__known_and_not_confirmed', () => {
    expect(doorStatus(fullDoor({ on: '2026-11-20', outcome: 'sebagian' }), form, TODAY)).toMatchObject({
      known: true,
      complete: true,
      fresh: false,
      confirmedOn: null,
    })
  })

  test('doorStatus__nobody_home__not_known', () => {
    expect(doorStatus(fullDoor({ on: '2026-11-20', outcome: 'tidak_di_rumah' }), form, TODAY)).toMatchObject({
      outcome: 'tidak_di_rumah',
      known: false,
    })
  })

  test('doorStatus__nobody_lives_there__never_complete', () => {
    const all = fullDoor().map((one) => (one.kind === 'member' ? { ...one, state: 'moved' } : one))
    expect(doorStatus(all, form, TODAY)).toMatchObject({ complete: false, countPeople: 0 })
  })

  test('doorStatus__a_tenth_marked__still_complete__more_is_not', () => {
    const all = fullDoor()
    const places = doorStatus(all, form, TODAY).required
    const baby = all.find((one) => one.id === 'father')!
    const ids = form
      .sections('member')
      .flatMap((section) => section.fields)
      .filter((field) => field.required && field.id in baby.fields && field.type !== 'text')
      .map((field) => field.id)
    const mark = (count: number) => change(all, 'father', Object.fromEntries(ids.slice(-count).map((id) => [id, 'tidak_tahu'])))
    const few = doorStatus(mark(2), form, TODAY)
    expect(few.required).toBeLessThanOrEqual(places)
    expect(few).toMatchObject({ tooManyMarked: false, complete: true })
    expect(doorStatus(mark(Math.ceil(places / 10) + 2), form, TODAY).complete).toBe(false)
  })

  test('doorStatus__added_by_a_kader__waits_for_the_desa', () => {
    const all = change(fullDoor(), 'h', {}, { accepted: false })
    expect(doorStatus(all, form, TODAY)).toMatchObject({ complete: false, waitsForDesa: true })
    expect(doorStatus(change(all, 'h', {}, { accepted: true }), form, TODAY).complete).toBe(true)
  })

  test('doorStatus__six_months_later__complete_and_old', () => {
    const all = fullDoor({ on: '2026-05-23', outcome: 'selesai' })
    expect(doorStatus(all, form, TODAY).fresh).toBe(true)
    expect(doorStatus(all, form, '2026-11-24')).toMatchObject({ complete: true, fresh: false, freshUntil: '2026-11-23' })
  })

  test('doorStatus__somebody_away__is_listed_and_not_asked_for', () => {
    const all = change(fullDoor(), 'father', { [role('member', 'residence')]: form.valueOf('member', 'residence', 'away') })
    const emptied = all.map((one) =>
      one.id === 'father' ? { ...one, fields: { [role('member', 'residence')]: one.fields[role('member', 'residence')] } } : one,
    )
    expect(doorStatus(emptied, form, TODAY)).toMatchObject({ complete: true, countPeople: 2 })
  })

  test('doorStatus__two_taps__third_confirmation_is_a_full_visit', () => {
    const told = [
      ['2026-01-01', 1, 'selesai', 'a', false],
      ['2026-03-01', 2, 'tidak_berubah', 'b', false],
    ]
    const visit = { on: '2026-11-20', outcome: 'tidak_berubah' }
    const all = change(fullDoor(visit), 'h', {}, { confirmations: told }).map((one) =>
      one.id === 'v' ? { ...one, version: 0 } : one,
    )
    expect(doorStatus(all, form, TODAY)).toMatchObject({ wantsFullVisit: true, fresh: true })
    const third = change(all, 'h', {}, { confirmations: [...told, ['2026-05-01', 3, 'tidak_berubah', 'c', false]] })
    expect(doorStatus(third, form, TODAY)).toMatchObject({ confirmedOn: '2026-05-01', fresh: false })
  })

  test('doorStatus__required_answer_past_its_lifetime__not_fresh_until_asked', () => {
    const id = role('member', 'contraception')
    const all = change(fullDoor(), 'mother', {}, { version: 9, asked_on: { [id]: '2025-11-01' } })
    const status = doorStatus(change(all, 'v', { seen: 3 }), form, TODAY)
    expect(status).toMatchObject({ complete: true, fresh: false })
    expect(status.expired.map((place) => place.field.id)).toEqual([id])
    const again = change(all, 'mother', {}, { asked_on: { [id]: '2026-11-20' } })
    expect(doorStatus(again, form, TODAY)).toMatchObject({ fresh: true, expired: [] })
  })
})
