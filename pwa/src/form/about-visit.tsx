/** The form's own few questions about a visit: who answered, whether the notice was given, when to come again. */
import { today } from '../clock'
import type { LocalRecord } from '../store/types'
import { Card } from '../ui'
import { t } from '../words'
import { askedFields } from './asked'
import { Question } from './question'
import type { DoorSession } from './session'

export interface AboutVisitProps {
  session: DoorSession
  outcome: string
  answers: Record<string, unknown>
  onChange: (answers: Record<string, unknown>) => void
}

export function AboutVisit({ session, outcome, answers, onChange }: AboutVisitProps) {
  const fields = { outcome, on: today(), household: session.household, ...answers }
  const record: LocalRecord = {
    kind: 'visit',
    id: 'visit',
    version: 0,
    dasawisma: null,
    state: 'active',
    confirmed_on: null,
    fields,
    pending: true,
  }
  const door = session.door.value
  const asked = session.view.sections('visit').flatMap((section) => askedFields(section, record, door))
  if (asked.length === 0) return null
  const put = (field: string, value: unknown) => {
    const next = { ...answers, [field]: value }
    if (value === null) delete next[field]
    onChange(next)
  }
  return (
    <Card title={t('visit.about')}>
      {asked.map((field) => (
        <Question
          key={field.id}
          field={field}
          name={`visit-${field.id}`}
          record={record}
          door={door}
          small
          onAnswer={(value) => put(field.id, value)}
          onOther={put}
        />
      ))}
    </Card>
  )
}
