/** What a visit's answers become: only changes travel, lists as what was added and removed. */
import { describe, expect, test } from 'vitest'
import { record } from './fixture.test-help'
import { answered, born, difference, emptyDraft, patches, unborn, withDraft } from './visit-draft'

const door = record('household', 'h', { water: 'well', yard: ['a', 'b'] }, { version: 7 })
const draft = emptyDraft('h', '2026-11-23', 12)

describe('answered', () => {
  test('answered__changed__travels_in_set', () => {
    const done = answered(draft, door, 'water', 'tap')
    expect(patches(done, { h: 7 })).toEqual([{ kind: 'household', id: 'h', base: 7, set: { water: 'tap' } }])
  })

  test('answered__changed_back__leaves_nothing', () => {
    const done = answered(answered(draft, door, 'water', 'tap'), door, 'water', 'well')
    expect(patches(done, { h: 7 })).toEqual([])
  })

  test('answered__same_answer_with_a_lifetime__travels_because_it_was_asked_again', () => {
    const done = answered(draft, door, 'water', 'well', true)
    expect(patches(done, { h: 7 })).toEqual([{ kind: 'household', id: 'h', base: 7, set: { water: 'well' } }])
  })

  test('answered__cleared__travels_as_null', () => {
    expect(patches(answered(draft, door, 'water', ''), { h: 7 })[0]?.set).toEqual({ water: null })
  })

  test('answered__list_of_a_known_record__travels_as_adjust', () => {
    const done = answered(draft, door, 'yard', ['b', 'c'])
    expect(patches(done, { h: 7 })).toEqual([
      { kind: 'household', id: 'h', base: 7, adjust: { yard: { add: ['c'], remove: ['a'] } } },
    ])
  })

  test('answered__list_of_a_new_record__travels_in_set', () => {
    const fresh = record('household', 'h', {}, { version: 0 })
    expect(patches(answered(draft, fresh, 'yard', ['c']), { h: 0 })[0]).toEqual({
      kind: 'household',
      id: 'h',
      base: 0,
      set: { yard: ['c'] },
    })
  })

  test('answered__list_replaced_by_a_nonresponse__travels_in_set', () => {
    expect(patches(answered(draft, door, 'yard', 'tidak_tahu'), { h: 7 })[0]?.set).toEqual({ yard: 'tidak_tahu' })
  })
})

describe('difference', () => {
  test('difference__rows__are_one_by_their_id', () => {
    const was = [
      { row: '1', n: 1 },
      { row: '2', n: 2 },
    ]
    const now = [
      { row: '1', n: 9 },
      { row: '3', n: 3 },
    ]
    expect(difference(was, now)).toEqual({ add: now, remove: ['2'] })
  })

  test('difference__cleared__removes_all', () => expect(difference(['a'], null)).toEqual({ add: [], remove: ['a'] }))
})

describe('withDraft', () => {
  test('withDraft__answers_and_new_people__are_laid_over', () => {
    const done = born(answered(draft, door, 'water', 'tap'), 'member', 'm', { household: 'h', name: 'Siti' })
    const seen = withDraft([door], done)
    expect(seen.map((one) => [one.id, one.version, one.fields['water'] ?? one.fields['name']])).toEqual([
      ['h', 7, 'tap'],
      ['m', 0, 'Siti'],
    ])
  })

  test('withDraft__taken_back__is_gone', () => {
    expect(withDraft([door], unborn(born(draft, 'member', 'm', {}), 'm'))).toEqual([door])
  })

  test('withDraft__state_answered__changes_the_state', () => {
    const person = record('member', 'p', {})
    expect(withDraft([person], answered(draft, person, 'state', 'died'))[0]?.state).toBe('died')
  })
})

test('patches__order__household_family_member_event', () => {
  let done = born(draft, 'event', 'e', {})
  done = born(done, 'member', 'm', {})
  done = answered(born(done, 'family', 'f', {}), door, 'water', 'tap')
  expect(patches(done, { h: 7 }).map((patch) => patch.kind)).toEqual(['household', 'family', 'member', 'event'])
})
