/**
 * What a life event does beside its own record: who it is about, and which other records change in the same edit. Pure decisions.
 *
 * A birth makes a member (and the mother's own event where she is listed here); a death and a move change the member's state; an arrival
 * makes a member. Pregnancy, nifas and nursing are events only, because a mother's state is never an answer.
 */
import type { LocalRecord } from '../store/types'
import { addDays } from './dates'
import type { Door } from './context'
import type { DoorSession } from './session'

/** The types a kader may note, in the order they are shown; labels come with the form. */
export const EVENT_TYPES = [
  'lahir',
  'meninggal',
  'hamil',
  'melahirkan',
  'nifas',
  'datang',
  'pindah',
  'keguguran',
  'berhenti_menyusui',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

export const isEventType = (type: string | undefined): type is EventType => EVENT_TYPES.includes(type as EventType)

/** Whom a type of event is about. */
export type About = 'baby' | 'newcomer' | 'mother' | 'person' | 'people'

export function aboutWhom(type: EventType): About {
  if (type === 'lahir') return 'baby'
  if (type === 'datang') return 'newcomer'
  if (type === 'pindah') return 'people'
  return type === 'meninggal' ? 'person' : 'mother'
}

const MOTHER_FROM = 10
const MOTHER_TO = 55

/** Who may be chosen for a type of event. */
export const candidates = (type: EventType, door: Door): LocalRecord[] =>
  aboutWhom(type) === 'mother' ? mothers(door) : door.members

/** Everybody who may be a mother by age and sex, unknown ones included. */
export function mothers(door: Door): LocalRecord[] {
  const form = door.form
  return door.members.filter((member) => {
    const months = door.months(member)
    const fits = months === null || (months >= MOTHER_FROM * 12 && months < MOTHER_TO * 12)
    return fits && !form.means('member', 'sex', 'male', member.fields[form.role('member', 'sex')])
  })
}

/** The answers a newborn starts with. */
function newborn(session: DoorSession, on: string, mother: LocalRecord | undefined): Record<string, unknown> {
  const form = session.view
  const family = mother?.fields['family'] ?? session.door.value.families[0]?.id
  return {
    ...(family !== undefined && { family }),
    [form.role('member', 'kinship')]: form.valueOf('member', 'kinship', 'child'),
    [form.role('member', 'born')]: on,
    [form.role('member', 'born_precision')]: form.valueOf('member', 'born_precision', 'exact'),
    [form.role('member', 'residence')]: form.valueOf('member', 'residence', 'stays'),
  }
}

/** What the page of an event holds when it is saved. */
export interface EventInput {
  type: EventType
  on: string
  /** Ids of the people it is about; empty for a birth or an arrival. */
  people: string[]
  /** Answers of the event's own questions. */
  answers: Record<string, unknown>
  /** Name and sex of a baby or newcomer. */
  person: Record<string, unknown>
}

/** Puts an event and all it changes into the session's draft; gives the ids of the people it made. */
export function noteEvent(session: DoorSession, input: EventInput): string[] {
  const about = aboutWhom(input.type)
  if (about === 'baby') return [birth(session, input)]
  if (about === 'newcomer') return [arrival(session, input)]
  for (const id of input.people) onePerson(session, input, id)
  if (input.type === 'pindah') emptyFamiliesMove(session)
  if (input.type === 'melahirkan' && isLiveBirth(session, input)) return [babyOf(session, input, input.people[0])]
  return []
}

const isLiveBirth = (session: DoorSession, input: EventInput): boolean =>
  Object.keys(input.person).length > 0 &&
  !session.view.means('event', 'delivery', 'stillborn', input.answers[session.view.role('event', 'delivery')])

function onePerson(session: DoorSession, { type, on, answers }: EventInput, id: string): void {
  session.add('event', { type, on, member: id, ...answers })
  const state = type === 'meninggal' ? 'died' : type === 'pindah' ? 'moved' : null
  const member = session.records.value.find((record) => record.id === id)
  if (state && member) session.answer(member, 'state', state)
}

function arrival(session: DoorSession, { type, on, answers, person }: EventInput): string {
  const family = session.door.value.families[0]?.id ?? session.add('family', {})
  const id = session.add('member', { family, ...person })
  session.add('event', { type, on, member: id, ...answers })
  return id
}

function birth(session: DoorSession, input: EventInput): string {
  const motherId = input.answers[session.view.role('event', 'mother')]
  const mother = session.door.value.members.find((member) => member.id === motherId)
  const id = session.add('member', { ...newborn(session, input.on, mother), ...input.person })
  session.add('event', { type: input.type, on: input.on, member: id, ...input.answers })
  if (mother && !hasBirth(session.door.value, mother.id, input.on)) {
    const delivery = session.view.role('event', 'delivery')
    session.add('event', {
      type: 'melahirkan',
      on: input.on,
      member: mother.id,
      ...(delivery && { [delivery]: session.view.valueOf('event', 'delivery', 'live') }),
    })
  }
  return id
}

function babyOf(session: DoorSession, input: EventInput, motherId: string | undefined): string {
  const mother = session.door.value.members.find((member) => member.id === motherId)
  const id = session.add('member', { ...newborn(session, input.on, mother), ...input.person })
  session.add('event', {
    type: 'lahir',
    on: input.on,
    member: id,
    ...(motherId && { [session.view.role('event', 'mother')]: motherId }),
  })
  return id
}

const TWINS_WITHIN_DAYS = 30

/** Whether this birth of hers is noted already, so that twins are two children and one birth. */
function hasBirth(door: Door, mother: string, on: string): boolean {
  return door.events.some((event) => {
    const day = String(event.fields['on'] ?? '')
    const isNear = day >= addDays(on, -TWINS_WITHIN_DAYS) && day <= addDays(on, TWINS_WITHIN_DAYS)
    return event.fields['type'] === 'melahirkan' && event.fields['member'] === mother && isNear
  })
}

/** A family of which nobody is left has moved as well. */
function emptyFamiliesMove(session: DoorSession): void {
  const door = session.door.value
  const of = (state: string) =>
    new Set(door.records.filter((record) => record.kind === 'member' && record.state === state).map((one) => one.fields['family']))
  const [left, here] = [of('moved'), of('active')]
  for (const family of door.families) {
    if (left.has(family.id) && !here.has(family.id)) session.answer(family, 'state', 'moved')
  }
}

/** Empties a door whose people have left: one event and one state for each of them. */
export function everybodyMoves(session: DoorSession, on: string): void {
  for (const member of session.door.value.members)
    onePerson(session, { type: 'pindah', on, people: [], answers: {}, person: {} }, member.id)
  emptyFamiliesMove(session)
}
