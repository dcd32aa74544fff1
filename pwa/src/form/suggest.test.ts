/** Offers before anybody answered: never stored, never over an answer. */
import { describe, expect, test } from 'vitest'
import type { Kind } from '../store/types'
import { Door } from './context'
import { record, theForm } from './fixture.test-help'
import { FormView } from './form-view'
import { suggestion } from './suggest'

const form = new FormView(theForm())
const role = (kind: Kind, name: string) => form.role(kind, name)
const kin = (meaning: string) => ({ [role('member', 'kinship')]: form.valueOf('member', 'kinship', meaning) })
const head = record('member', 'head', {
  family: 'f',
  ...kin('head'),
  [role('member', 'religion')]: 'islam',
  [role('member', 'name')]: 'Slamet',
})
const wife = record('member', 'wife', { family: 'f', ...kin('wife') })
const door = new Door([record('household', 'h'), record('family', 'f'), head, wife], form, '2026-11-23')
const offer = (kind: Kind, name: string, of = wife) => suggestion(form.field(kind, role(kind, name))!, of, door)

describe('suggestion', () => {
  test('suggestion__religion__as_the_head', () => {
    expect(offer('member', 'religion')).toEqual({ value: 'islam', why: 'ask.like-head' })
    expect(offer('member', 'religion', head)).toBeNull()
  })

  test('suggestion__sex_of_a_wife__follows_from_the_relation', () => {
    expect(offer('member', 'sex')?.value).toBe(form.valueOf('member', 'sex', 'female'))
  })

  test('suggestion__answered__nothing', () => {
    expect(offer('member', 'religion', { ...wife, fields: { ...wife.fields, [role('member', 'religion')]: 'hindu' } })).toBeNull()
  })

  test('suggestion__usual_answer', () => {
    expect(offer('member', 'residence')).toEqual({ value: form.valueOf('member', 'residence', 'stays'), why: 'ask.usual' })
  })

  test('suggestion__husband_of_a_mother__by_name', () => {
    const event = record('event', 'e', { type: 'hamil', member: 'wife' })
    const around = new Door([...door.records, event], form, '2026-11-23')
    expect(suggestion(form.field('event', role('event', 'husband'))!, event, around)?.value).toBe('Slamet')
  })
})
