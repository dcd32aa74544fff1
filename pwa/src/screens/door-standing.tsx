/** How a door stands, in words and one ring: what came of the last visit, what is missing, until when it is fresh. */
import { today } from '../clock'
import { spoken } from '../form/dates'
import type { DoorSession } from '../form/session'
import type { DoorStatus } from '../form/complete'
import { Card, Chip, Ring, type ChipTone } from '../ui'
import { t } from '../words'

/** The one chip of a door. */
export function standing(status: DoorStatus): { tone: ChipTone; text: string } {
  if (status.waitsForDesa) return { tone: 'old', text: t('stand.waits') }
  if (status.fresh) return { tone: 'done', text: t('stand.fresh') }
  if (status.complete) return { tone: 'old', text: t('stand.old') }
  if (status.known) return { tone: 'work', text: t('stand.part') }
  return { tone: 'work', text: t('stand.none') }
}

function lines(status: DoorStatus): string[] {
  const all: string[] = []
  if (status.visitedOn)
    all.push(t('stand.last', { outcome: t(`outcome.${status.outcome}` as 'outcome.selesai'), on: spoken(status.visitedOn) }))
  else all.push(status.missing.length < status.required ? t('stand.imported') : t('stand.never'))
  if (status.complete && status.freshUntil)
    all.push(t(status.freshUntil < today() ? 'stand.was-until' : 'stand.until', { on: spoken(status.freshUntil) }))
  if (status.missing.length > 0) all.push(t('stand.missing', { count: status.missing.length }))
  if (status.countPeople === 0 && status.known) all.push(t('stand.nobody'))
  if (status.expired.length > 0) all.push(t('stand.expired', { count: status.expired.length }))
  if (status.tooManyMarked) all.push(t('stand.marked'))
  if (status.waitsForDesa) all.push(t('stand.waits-why'))
  return all
}

export function DoorStanding({ session }: { session: DoorSession }) {
  const status = session.status.value
  const { tone, text } = standing(status)
  return (
    <Card>
      <div class="standing">
        <Ring small part={status.required - status.missing.length} whole={status.required} label={t('stand.answers')} />
        <div class="stack-small">
          <Chip tone={tone}>{text}</Chip>
          {lines(status).map((line) => (
            <p key={line} class="small soft">
              {line}
            </p>
          ))}
        </div>
      </div>
    </Card>
  )
}
