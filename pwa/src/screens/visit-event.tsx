/**
 * A life event as one short form: what happened, to whom, when, and the few questions that belong to it.
 *
 * Saved together with every record it changes. Inside a visit it joins the visit's edit; heard elsewhere, it is an edit of its own.
 */
import { useState } from 'preact/hooks'
import { today } from '../clock'
import { doorPage, memberPage, visitPage } from '../form/addresses'
import { askedFields } from '../form/asked'
import { Door } from '../form/context'
import { aboutWhom, candidates, EVENT_TYPES, isEventType, noteEvent, type EventInput, type EventType } from '../form/life-events'
import { doorName } from '../form/people'
import { Question } from '../form/question'
import { isAnswered } from '../form/rules'
import type { DoorSession } from '../form/session'
import { go } from '../router'
import { BottomBar, Button, Card, Row, TopBar } from '../ui'
import { t, word } from '../words'
import { draftEvent, NewPerson, When, Who, without } from './event-parts'

interface EventProps {
  session: DoorSession
  jenis?: string
  warga?: string
  pilih?: string
}

export function EventPage({ session, jenis, warga, pilih }: EventProps) {
  return isEventType(jenis) ? (
    <EventForm session={session} type={jenis} warga={warga} />
  ) : (
    <TypePage session={session} pilih={pilih} />
  )
}

function TypePage({ session, pilih }: { session: DoorSession; pilih?: string }) {
  const types = pilih === undefined ? EVENT_TYPES : pilih.split(',').filter(isEventType)
  const back = session.draft.value ? visitPage(session.household) : doorPage(session.household)
  return (
    <div class="screen">
      <TopBar title={t('event.what')} sub={doorName(session.door.value)} back={back} />
      <main class="body">
        <Card flush>
          {types.map((type) => (
            <Row
              key={type}
              title={session.view.structureLabel('event', 'type', type)}
              sub={word(`event.help.${type}`)}
              href={visitPage(session.household, 'kejadian', { jenis: type })}
            />
          ))}
        </Card>
      </main>
    </div>
  )
}

/** What one event form holds while it is filled in. */
function useEventForm(session: DoorSession, type: EventType, warga: string | undefined) {
  const stored = session.door.value
  const about = aboutWhom(type)
  const listed = candidates(type, stored)
  const only = listed.length === 1 && about === 'mother' ? listed.map((member) => member.id) : []
  const [people, setPeople] = useState<string[]>(warga ? [warga] : only)
  const [on, setOn] = useState<string | null>(today())
  const [answers, setAnswers] = useState<Record<string, unknown>>({})
  const [person, setPerson] = useState<Record<string, unknown>>({})
  const record = draftEvent(type, on ?? today(), people, answers)
  const door = new Door([...stored.records, record], session.view, stored.asOf)
  const isStillborn = session.view.means('event', 'delivery', 'stillborn', answers[session.view.role('event', 'delivery')])
  const needsName = about === 'baby' || about === 'newcomer'
  const makes = needsName || (type === 'melahirkan' && !isStillborn)
  const hasWho = needsName ? isAnswered(person[session.view.role('member', 'name')]) : people.length > 0
  const input: EventInput | null = on !== null && hasWho ? { type, on, people, answers, person: makes ? person : {} } : null
  const put = (field: string, value: unknown) => setAnswers((old) => without({ ...old, [field]: value }, field))
  return { about, listed, people, setPeople, on, setOn, person, setPerson, record, door, needsName, makes, input, put }
}

/** Saves the event: into the visit where one is going on, else as an edit of its own. Gives the hash of the page after it. */
async function saveEvent(session: DoorSession, input: EventInput): Promise<string> {
  const { household } = session
  const inVisit = session.draft.value !== null
  session.begin(inVisit)
  const [made] = noteEvent(session, input)
  const isArrival = input.type === 'datang' && made !== undefined
  if (inVisit || isArrival) await session.flush()
  else await session.keep()
  if (!isArrival) return inVisit ? visitPage(household) : doorPage(household, 'kejadian')
  const roster = session.view.sections('member').find((section) => section.pass === 'roster')?.id
  return `${memberPage(household, made)}?bagian=${roster}`
}

function EventForm({ session, type, warga }: { session: DoorSession; type: EventType; warga?: string }) {
  const form = useEventForm(session, type, warga)
  const { about, record, door, needsName, input } = form
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  const asked = session.view.sections('event').flatMap((section) => askedFields(section, record, door))
  const save = async () => {
    if (!input) return
    setState('busy')
    await saveEvent(session, input).then(
      (next) => go(next.slice(1), true),
      () => setState('failed'),
    )
  }
  return (
    <div class="screen">
      <TopBar
        title={session.view.structureLabel('event', 'type', type)}
        sub={doorName(door)}
        back={visitPage(session.household, 'kejadian')}
      />
      <main class="body">
        {!needsName && (
          <Who listed={form.listed} door={door} several={about === 'people'} chosen={form.people} onChange={form.setPeople} />
        )}
        <When on={form.on} onChange={form.setOn} door={door} record={record} />
        {form.makes && (
          <NewPerson session={session} door={door} person={form.person} onChange={form.setPerson} optional={!needsName} />
        )}
        {asked.length > 0 && (
          <Card>
            {asked.map((field) => (
              <Question
                key={field.id}
                field={field}
                name={`event-${field.id}`}
                record={record}
                door={door}
                onAnswer={(value) => form.put(field.id, value)}
                onOther={form.put}
              />
            ))}
          </Card>
        )}
        {state === 'failed' && <p class="warning">{t('save.failed')}</p>}
      </main>
      <BottomBar status={input ? undefined : <p class="status">{t(needsName ? 'event.need-name' : 'event.need-person')}</p>}>
        <Button kind="filled" disabled={!input || state === 'busy'} onClick={() => void save()}>
          {t('event.save')}
        </Button>
      </BottomBar>
    </div>
  )
}
