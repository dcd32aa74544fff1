/**
 * A visit at one door, as a list of pages: who lives here, the house, the families, each person; then the end of the visit.
 *
 * `langkah` chooses the part: nothing for the list, `lama` expired answers, `cek` before "tidak ada perubahan", `hasil` other outcomes,
 * `kejadian` a life event, `selesai` the end.
 */
import { useEffect } from 'preact/hooks'
import { doorPage, familyPage, memberPage, stepPage, visitPage } from '../form/addresses'
import { progress, stepsOf } from '../form/ask'
import type { Door } from '../form/context'
import { Loading } from '../form/loading'
import { firstGap } from '../form/next'
import { doorName, familyName } from '../form/people'
import { SavedLine } from '../form/section-page'
import type { DoorSession } from '../form/session'
import { useDoor } from '../form/use-door'
import { BottomBar, Button, Card, Chip, EmptyState, Row, TopBar } from '../ui'
import { t } from '../words'
import { PersonRow, StepRow } from './door'
import { CheckPage } from './visit-check'
import { EventPage } from './visit-event'
import { ExpiredPage } from './visit-expired'
import { FinishPage } from './visit-finish'
import { OutcomePage } from './visit-outcome'

interface VisitProps {
  household: string
  langkah?: string
  /** Type of a life event. */
  jenis?: string
  /** The person it is about. */
  warga?: string
  /** Types to choose between, joined by commas. */
  pilih?: string
}

export function VisitScreen({ household, langkah, jenis, warga, pilih }: VisitProps) {
  const session = useDoor(household)
  if (session === null || session === 'failed') return <Loading failed={session === 'failed'} back={doorPage(household)} />
  if (!session.door.value.household) return <Loading failed />
  if (langkah === 'lama') return <ExpiredPage session={session} />
  if (langkah === 'cek') return <CheckPage session={session} />
  if (langkah === 'hasil') return <OutcomePage session={session} />
  if (langkah === 'kejadian')
    return <EventPage key={`${jenis}-${warga}`} session={session} jenis={jenis} warga={warga} pilih={pilih} />
  if (langkah === 'selesai') return <FinishPage session={session} />
  return <ListPage session={session} />
}

function ListPage({ session }: { session: DoorSession }) {
  const { household } = session
  useEffect(() => void session.begin(), [session])
  const door = session.door.value
  const gap = firstGap(door)
  const status = session.status.value
  return (
    <div class="screen">
      <TopBar
        title={doorName(door)}
        sub={t(session.draft.value?.isVisit === false ? 'visit.correction' : 'visit.title')}
        back={doorPage(household)}
      />
      <main class="body">
        <div class="steps steps-flat">
          <progress
            class="bar"
            max={Math.max(status.required, 1)}
            value={status.required - status.missing.length}
            aria-label={t('stand.answers')}
          />
          <span class="number">{t('visit.answered', { done: status.required - status.missing.length, all: status.required })}</span>
        </div>
        <Roster door={door} />
        <Card title={t('door.house')} flush>
          {door.household &&
            stepsOf(door.household, door).map((step) => (
              <StepRow key={step.section.id} step={step} door={door} household={household} />
            ))}
        </Card>
        <Families door={door} />
        <Card flush>
          <Row
            icon="calendar"
            title={t('door.note-event')}
            sub={t('door.note-event-why')}
            href={visitPage(household, 'kejadian')}
          />
        </Card>
      </main>
      <BottomBar status={<SavedLine session={session} />}>
        {gap && door.members.length > 0 ? (
          <>
            <Button href={visitPage(household, 'selesai')}>{t('visit.end')}</Button>
            <Button kind="filled" href={stepPage(household, gap)}>
              {t('visit.go-on')}
            </Button>
          </>
        ) : door.members.length === 0 ? (
          <Button kind="filled" icon="plus" href={memberPage(household, 'baru')}>
            {t('visit.first-person')}
          </Button>
        ) : (
          <Button kind="filled" icon="check" href={visitPage(household, 'selesai')}>
            {t('visit.end-full')}
          </Button>
        )}
      </BottomBar>
    </div>
  )
}

/** Who lives here, with what is missing of each. */
function Roster({ door }: { door: Door }) {
  const household = door.household?.id ?? ''
  return (
    <Card
      flush
      title={t('visit.who')}
      aside={
        <a class="head-link" href={memberPage(household, 'baru')}>
          {t('visit.add')}
        </a>
      }
    >
      {door.members.length === 0 && <EmptyState icon="people" title={t('visit.nobody')} text={t('visit.nobody-why')} />}
      {door.members.map((member) => (
        <PersonRow key={member.id} member={member} door={door} />
      ))}
    </Card>
  )
}

function Families({ door }: { door: Door }) {
  const household = door.household?.id ?? ''
  return (
    <Card
      flush
      title={t('visit.families')}
      aside={
        <a class="head-link" href={familyPage(household, 'baru')}>
          {t('visit.add')}
        </a>
      }
    >
      {door.families.map((family) => {
        const missing = stepsOf(family, door).reduce((sum, step) => sum + progress(step.section, family, door).missing, 0)
        return (
          <Row
            key={family.id}
            icon="people"
            title={familyName(family, door)}
            trail={
              missing > 0 ? (
                <Chip tone="work">{t('state.missing', { count: missing })}</Chip>
              ) : (
                <Chip tone="done">{t('state.full')}</Chip>
              )
            }
            href={familyPage(household, family.id)}
          />
        )
      })}
      {door.families.length === 0 && <p class="card-foot soft">{t('visit.no-family')}</p>}
    </Card>
  )
}
