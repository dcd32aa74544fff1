/** What a life event changes beside its own record, as one draft. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { LocalRecord } from '../store/types'
import { record, theForm } from './fixture.test-help'
import { candidates, everybodyMoves, noteEvent, type EventInput } from './life-events'
import { DoorSession } from './session'
import { patches } from './visit-draft'

let session: DoorSession
const role = (kind: 'member' | 'event', name: string) => session.view.role(kind, name)
const value = (name: string, meaning: string) => session.view.valueOf('member', name, meaning)

function person(id: string, sex: 'male' | 'female', born: string, kinship: string): LocalRecord {
  return record(
    'member',
    id,
    {
      household: 'h',
      family: 'f',
      [role('member', 'sex')]: value('sex', sex),
      [role('member', 'born')]: born,
      [role('member', 'kinship')]: value('kinship', kinship),
    },
    { version: 4 },
  )
}

beforeEach(() => {
  session = new DoorSession('h', theForm())
  session.flush = async () => undefined
  session.stored.value = [
    record('household', 'h', {}, { version: 2 }),
    record('family', 'f', { household: 'h' }, { version: 3 }),
    person('man', 'male', '1980-01-01', 'head'),
    person('woman', 'female', '1990-01-01', 'wife'),
    person('girl', 'female', '2022-01-01', 'child'),
  ]
  session.begin()
})

const input = (more: Partial<EventInput>): EventInput => ({
  type: 'hamil',
  on: '2026-11-20',
  people: [],
  answers: {},
  person: {},
  ...more,
})
const all = () => patches(session.draft.value!, Object.fromEntries(session.stored.value.map((one) => [one.id, one.version])))
const kinds = () => all().map((patch) => [patch.kind, patch.set?.['type'] ?? patch.set?.['state']])

describe('noteEvent', () => {
  test('noteEvent__pregnancy__is_an_event_only', () => {
    noteEvent(session, input({ people: ['woman'] }))
    expect(all()).toMatchObject([
      { kind: 'event', base: 0, set: { type: 'hamil', on: '2026-11-20', member: 'woman', household: 'h' } },
    ])
    expect(session.door.value.motherhood('woman', '2026-11-23')['hamil']).toBe(true)
  })

  test('noteEvent__death__changes_the_person_in_the_same_draft', () => {
    noteEvent(session, input({ type: 'meninggal', people: ['man'] }))
    expect(kinds()).toEqual([
      ['member', 'died'],
      ['event', 'meninggal'],
    ])
    expect(all()[0]).toMatchObject({ id: 'man', base: 4 })
  })

  test('noteEvent__birth__makes_the_child_and_the_mothers_event_once', () => {
    const born = input({
      type: 'lahir',
      answers: { [role('event', 'mother')]: 'woman' },
      person: { [role('member', 'name')]: 'Putri' },
    })
    const [child] = noteEvent(session, born)
    expect(kinds()).toEqual([
      ['member', undefined],
      ['event', 'lahir'],
      ['event', 'melahirkan'],
    ])
    expect(session.door.value.members.find((one) => one.id === child)?.fields).toMatchObject({
      family: 'f',
      [role('member', 'born')]: '2026-11-20',
    })
    noteEvent(session, born)
    expect(kinds().filter(([, type]) => type === 'melahirkan')).toHaveLength(1)
  })

  test('noteEvent__arrival__makes_a_person', () => {
    const [id] = noteEvent(session, input({ type: 'datang', person: { [role('member', 'name')]: 'Pak Baru' } }))
    expect(session.door.value.members.map((one) => one.id)).toContain(id)
  })

  test('noteEvent__some_move__the_family_stays', () => {
    noteEvent(session, input({ type: 'pindah', people: ['girl'] }))
    expect(session.door.value.families).toHaveLength(1)
  })
})

test('everybodyMoves__empties_the_door_and_the_family', () => {
  everybodyMoves(session, '2026-11-20')
  expect(session.door.value.members).toEqual([])
  expect(session.door.value.families).toEqual([])
  expect(kinds().filter(([, what]) => what === 'pindah')).toHaveLength(3)
})

test('candidates__mothers__women_of_an_age', () => {
  expect(candidates('hamil', session.door.value).map((one) => one.id)).toEqual(['woman'])
  expect(candidates('meninggal', session.door.value)).toHaveLength(3)
})
