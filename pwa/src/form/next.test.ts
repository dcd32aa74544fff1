/** The order of a visit: everybody's first page, the house, the families, each person's topics. */
import { expect, test } from 'vitest'
import { visitSteps } from './ask'
import { stepPage, visitPage } from './addresses'
import { Door } from './context'
import { record, theForm } from './fixture.test-help'
import { FormView } from './form-view'
import { firstGap, walkFrom } from './next'
import { emptyDraft } from './visit-draft'

const form = new FormView(theForm())
const records = [
  record('household', 'h'),
  record('family', 'f', { household: 'h' }),
  record('member', 'a', { household: 'h', family: 'f' }),
  record('member', 'b', { household: 'h', family: 'f' }),
]
const door = new Door(records, form, '2026-11-23')
const steps = visitSteps(door)
const draft = emptyDraft('h', '2026-11-23', 1)

test('visitSteps__roster_house_families_topics', () => {
  const order = steps.map((step) => (step.section.pass === 'roster' ? 'roster' : step.kind))
  expect([...new Set(order)]).toEqual(['roster', 'household', 'family', 'member'])
  expect(steps.slice(0, 2).map((step) => step.record.id)).toEqual(['a', 'b'])
  expect(steps.every((step) => step.section.module === null)).toBe(true)
})

test('walkFrom__skips_full_pages__unless_everything_is_walked', () => {
  const house = steps[2]!
  const full = { ...house.record, fields: Object.fromEntries(house.section.fields.map((field) => [field.id, 'x'])) }
  const around = new Door([full, ...records.slice(1)], form, '2026-11-23')
  const from = visitSteps(around)[1]!
  expect(walkFrom(from, around, draft).next).toBe(stepPage('h', visitSteps(around)[3]!))
  expect(walkFrom(from, around, { ...draft, walksAll: true }).next).toBe(stepPage('h', visitSteps(around)[2]!))
})

test('walkFrom__after_the_last__the_list_of_the_visit', () => {
  expect(walkFrom(steps.at(-1)!, door, draft).next).toBe(visitPage('h'))
})

test('walkFrom__counts_from_one', () => expect(walkFrom(steps[0]!, door, draft)).toMatchObject({ at: 1, of: steps.length }))

test('firstGap__first_page_with_something_missing', () => expect(firstGap(door)?.record.id).toBe('a'))
