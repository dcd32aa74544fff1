/** Answers past their lifetime, asked first: each can be confirmed with one tap or answered anew. */
import { doorPage, visitPage } from '../form/addresses'
import { personName, doorName } from '../form/people'
import { Question } from '../form/question'
import { SavedLine } from '../form/section-page'
import type { DoorSession } from '../form/session'
import { BottomBar, Button, Card, TopBar } from '../ui'
import { t } from '../words'

export function ExpiredPage({ session }: { session: DoorSession }) {
  const { household } = session
  const door = session.door.value
  const places = session.storedStatus.value.expired
  const isDone = (id: string, field: string) => field in (session.draft.value?.touched[id]?.set ?? {})
  const left = places.filter((place) => !isDone(place.record.id, place.field.id)).length
  const status = session.storedStatus.value
  const canTap = status.complete && !status.wantsFullVisit
  return (
    <div class="screen">
      <TopBar title={t('expired.title')} sub={doorName(door)} back={doorPage(household)} />
      <main class="body">
        <p class="lead">{t('expired.why')}</p>
        {places.map(({ record, field }) => {
          const now = door.records.find((other) => other.id === record.id) ?? record
          return (
            <Card key={`${record.id}-${field.id}`} title={record.kind === 'member' ? personName(now, door) : doorName(door)}>
              <Question
                field={field}
                name={`${record.id}-${field.id}`}
                record={now}
                door={door}
                expired={!isDone(record.id, field.id)}
                onAnswer={(value, soon) => session.answer(now, field.id, value, soon)}
                onOther={(other, value) => session.answer(now, other, value)}
              />
            </Card>
          )
        })}
      </main>
      <BottomBar status={<SavedLine session={session} />}>
        {canTap && <Button href={visitPage(household)}>{t('door.full-visit')}</Button>}
        <Button
          kind="filled"
          disabled={left > 0 && canTap}
          href={left > 0 && canTap ? undefined : visitPage(household, canTap ? 'cek' : '')}
        >
          {left > 0 && canTap ? t('expired.left', { count: left }) : t('page.next')}
        </Button>
      </BottomBar>
    </div>
  )
}
