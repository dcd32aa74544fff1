/** The parts of a life event's short form: who, when, and the name and sex of a newborn or newcomer. */
import { today } from '../clock'
import { Option } from '../form/choice-widgets'
import type { Door } from '../form/context'
import { addDays } from '../form/dates'
import { DateWidget, STRICT } from '../form/date-widget'
import type { FormField } from '../form/form-view'
import type { EventType } from '../form/life-events'
import { personLine, personName } from '../form/people'
import { Question } from '../form/question'
import type { DoorSession } from '../form/session'
import type { LocalRecord } from '../store/types'
import { Card } from '../ui'
import { t } from '../words'

const DAY: FormField = {
  id: 'on',
  type: 'date',
  label: '',
  help: '',
  required: true,
  choices: [],
  valid_days: null,
  show_if: null,
  widget: STRICT,
}

/** The event as it stands in the form, so that its own questions know what they may ask. */
export const draftEvent = (type: EventType, on: string, people: string[], answers: Record<string, unknown>): LocalRecord => ({
  kind: 'event',
  id: 'event',
  version: 0,
  dasawisma: null,
  state: 'active',
  confirmed_on: null,
  pending: true,
  fields: { type, on, ...(people[0] && { member: people[0] }), ...answers },
})

/** Answers without those that were cleared. */
export function without(answers: Record<string, unknown>, field: string): Record<string, unknown> {
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

export function Who({ listed, door, several, chosen, onChange }: WhoProps) {
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

export function When({
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
export function NewPerson({ session, door, person, onChange, optional }: NewPersonProps) {
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
