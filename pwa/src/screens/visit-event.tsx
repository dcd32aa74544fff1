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
import { Option } from '../form/choice-widgets'
import { addDays } from '../form/dates'
import { DateWidget } from '../form/date-widget'
import type { FormField } from '../form/form-view'
import { aboutWhom, candidates, EVENT_TYPES, isEventType, noteEvent, type EventType } from '../form/life-events'
import { doorName, personLine, personName } from '../form/people'
import { Question } from '../form/question'
import { isAnswered } from '../form/rules'
import type { DoorSession } from '../form/session'
import { go } from '../router'
import type { LocalRecord } from '../store/types'
import { BottomBar, Button, Card, Row, TopBar } from '../ui'
import { t, word } from '../words'

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

const DAY: FormField = { id: 'on', type: 'date', label: '', help: '', required: true, choices: [], valid_days: null, show_if: null }

const draftEvent = (type: EventType, on: string, people: string[], answers: Record<string, unknown>): LocalRecord => ({
  kind: 'event',
  id: 'event',
  version: 0,
  dasawisma: null,
  state: 'active',
  confirmed_on: null,
  pending: true,
  fields: { type, on, ...(people[0] && { member: people[0] }), ...answers },
})

function EventForm({ session, type, warga }: { session: DoorSession; type: EventType; warga?: string }) {
  const { household } = session
  const stored = session.door.value
  const about = aboutWhom(type)
  const listed = candidates(type, stored)
  const [people, setPeople] = useState<string[]>(warga ? [warga] : listed.length === 1 && about === 'mother' ? [listed[0]!.id] : [])
  const [on, setOn] = useState<string | null>(today())
  const [answers, setAnswers] = useState<Record<string, unknown>>({})
  const [person, setPerson] = useState<Record<string, unknown>>({})
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  const record = draftEvent(type, on ?? today(), people, answers)
  const door = new Door([...stored.records, record], session.view, stored.asOf)
  const asked = session.view.sections('event').flatMap((section) => askedFields(section, record, door))
  const stillborn = session.view.means('event', 'delivery', 'stillborn', answers[session.view.role('event', 'delivery')])
  const makes = about === 'baby' || about === 'newcomer' || (type === 'melahirkan' && !stillborn)
  const needsName = about === 'baby' || about === 'newcomer'
  const isReady = on !== null && (needsName ? isAnswered(person[session.view.role('member', 'name')]) : people.length > 0)
  const put = (field: string, value: unknown) => setAnswers((old) => without({ ...old, [field]: value }, field))
  const save = async () => {
    if (on === null) return
    setState('busy')
    const inVisit = session.draft.value !== null
    session.begin(inVisit)
    const made = noteEvent(session, { type, on, people, answers, person: makes ? person : {} })
    try {
      if (!inVisit && type !== 'datang') await session.keep()
      else await session.flush()
      const roster = session.view.sections('member').find((section) => section.pass === 'roster')?.id
      const next =
        type === 'datang' && made[0]
          ? `${memberPage(household, made[0])}?bagian=${roster}`
          : inVisit
            ? visitPage(household)
            : doorPage(household, 'kejadian')
      go(next.slice(1), true)
    } catch {
      setState('failed')
    }
  }
  return (
    <div class="screen">
      <TopBar
        title={session.view.structureLabel('event', 'type', type)}
        sub={doorName(stored)}
        back={visitPage(household, 'kejadian')}
      />
      <main class="body">
        {about !== 'baby' && about !== 'newcomer' && (
          <Who listed={listed} door={stored} several={about === 'people'} chosen={people} onChange={setPeople} />
        )}
        <When on={on} onChange={setOn} door={door} record={record} />
        {makes && <NewPerson session={session} door={door} person={person} onChange={setPerson} optional={!needsName} />}
        {asked.length > 0 && (
          <Card>
            {asked.map((field) => (
              <Question
                key={field.id}
                field={field}
                name={`event-${field.id}`}
                record={record}
                door={door}
                onAnswer={(value) => put(field.id, value)}
                onOther={put}
              />
            ))}
          </Card>
        )}
        {state === 'failed' && <p class="warning">{t('save.failed')}</p>}
      </main>
      <BottomBar status={isReady ? undefined : <p class="status">{t(needsName ? 'event.need-name' : 'event.need-person')}</p>}>
        <Button kind="filled" disabled={!isReady || state === 'busy'} onClick={() => void save()}>
          {t('event.save')}
        </Button>
      </BottomBar>
    </div>
  )
}

function without(answers: Record<string, unknown>, field: string): Record<string, unknown> {
  if (answers[field] !== null) return answers
  const next = { ...answers }
  delete next[field]
  return next
}

interface WhoProps {
  listed: LocalRecord[]
  door: Door
  several: boolean
  chosen: string[]
  onChange: (ids: string[]) => void
}

function Who({ listed, door, several, chosen, onChange }: WhoProps) {
  const pick = (id: string) => {
    if (!several) return onChange([id])
    onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
  }
  return (
    <div class="card" role="group" aria-labelledby="event-who">
      <p class="question-label" id="event-who">
        {t(several ? 'event.who-several' : 'event.who')}
      </p>
      <div class="choices question-body">
        {listed.map((member) => (
          <Option
            key={member.id}
            type={several ? 'checkbox' : 'radio'}
            name="who"
            label={personName(member, door)}
            small={personLine(member, door)}
            checked={chosen.includes(member.id)}
            offered={false}
            onPick={() => pick(member.id)}
          />
        ))}
        {listed.length === 0 && <p class="soft">{t('event.nobody')}</p>}
      </div>
    </div>
  )
}

function When({
  on,
  onChange,
  door,
  record,
}: {
  on: string | null
  onChange: (on: string | null) => void
  door: Door
  record: LocalRecord
}) {
  const now = today()
  const quick = [
    { day: now, label: t('event.today') },
    { day: addDays(now, -1), label: t('event.yesterday') },
  ]
  return (
    <div class="card" role="group" aria-labelledby="event-when">
      <p class="question-label" id="event-when">
        {t('event.when')}
      </p>
      <div class="segments">
        {quick.map(({ day, label }) => (
          <Option
            key={day}
            type="radio"
            name="quick-day"
            label={label}
            checked={on === day}
            offered={false}
            onPick={() => onChange(day)}
          />
        ))}
      </div>
      <div class="question-body">
        <DateWidget
          field={DAY}
          name="event-on"
          value={on}
          offered={null}
          why=""
          record={record}
          door={door}
          onAnswer={(value) => onChange(value as string | null)}
          onOther={() => undefined}
        />
      </div>
      {on !== null && on > now && <p class="warning">{t('event.future')}</p>}
    </div>
  )
}

interface NewPersonProps {
  session: DoorSession
  door: Door
  person: Record<string, unknown>
  onChange: (person: Record<string, unknown>) => void
  optional: boolean
}

/** Name and sex of a newborn or newcomer; the rest is asked on her own pages. */
function NewPerson({ session, door, person, onChange, optional }: NewPersonProps) {
  const form = session.view
  const record: LocalRecord = { ...draftEvent('lahir', door.asOf, [], {}), kind: 'member', id: 'person', fields: person }
  const fields = [form.role('member', 'name'), form.role('member', 'sex')]
    .map((id) => form.field('member', id))
    .filter((field) => field !== undefined)
  return (
    <Card title={t(optional ? 'event.baby' : 'event.person')}>
      {fields.map((field) => (
        <Question
          key={field.id}
          field={{ ...field, help: '', checks: [] }}
          name={`person-${field.id}`}
          record={record}
          door={door}
          small
          onAnswer={(value) => onChange(without({ ...person, [field.id]: value }, field.id))}
          onOther={() => undefined}
        />
      ))}
    </Card>
  )
}
