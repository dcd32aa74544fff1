/**
 * The page of one door: how it stands, who lives there, what is known and what is missing, and the next thing to do.
 *
 * Also `HouseholdScreen`, one topic of the house itself.
 */
import { useEffect } from 'preact/hooks'
import { today } from '../clock'
import { stepsOf, progress, type Step } from '../form/ask'
import { doorPage, familyPage, memberPage, stepPage, visitPage } from '../form/addresses'
import type { Door } from '../form/context'
import { Loading } from '../form/loading'
import { spoken } from '../form/dates'
import { doorAddress, doorName, familyName, personLine, personName } from '../form/people'
import { PositionWidget } from '../form/position-widget'
import { SavedLine, SectionPage } from '../form/section-page'
import type { DoorSession } from '../form/session'
import { useDoor } from '../form/use-door'
import type { LocalRecord } from '../store/types'
import { BottomBar, Button, Card, Chip, initials, Row, StatusLine, TopBar } from '../ui'
import { t } from '../words'
import { DoorNotes } from './door-notes'
import { DoorStanding } from './door-standing'

export function DoorScreen({ household, kabar }: { household: string; kabar?: string }) {
  const session = useDoor(household)
  if (session === null || session === 'failed') return <Loading failed={session === 'failed'} />
  return <DoorPage session={session} kabar={kabar} />
}

function DoorPage({ session, kabar }: { session: DoorSession; kabar?: string }) {
  const { household } = session
  useEffect(() => session.dropIfEmpty(), [session])
  const door = session.door.value
  if (!door.household) return <Loading failed />
  return (
    <div class="screen">
      <TopBar title={doorName(door)} sub={doorAddress(door) || t('door.title')} back="#/rumah" />
      <main class="body">
        {kabar && <Saved news={kabar} />}
        <DoorStanding session={session} />
        <DoorNotes session={session} />
        {door.families.map((family) => (
          <FamilyCard key={family.id} family={family} door={door} />
        ))}
        <Loose door={door} />
        <div class="pair">
          <Button icon="plus" href={memberPage(household, 'baru')}>
            {t('door.add-member')}
          </Button>
          <Button icon="plus" href={familyPage(household, 'baru')}>
            {t('door.add-family')}
          </Button>
        </div>
        <Card title={t('door.house')} flush>
          {stepsOf(door.household, door).map((step) => (
            <StepRow key={step.section.id} step={step} door={door} household={household} />
          ))}
        </Card>
        <Events door={door} />
        <Card title={t('door.something')} flush>
          <Row
            icon="calendar"
            title={t('door.note-event')}
            sub={t('door.note-event-why')}
            href={visitPage(household, 'kejadian')}
          />
          <Row icon="home" title={t('door.not-possible')} sub={t('door.not-possible-why')} href={visitPage(household, 'hasil')} />
        </Card>
      </main>
      <Actions session={session} />
    </div>
  )
}

function Saved({ news }: { news: string }) {
  return (
    <Card tone="leaf">
      <p>
        <b>{t('door.saved')}</b>
      </p>
      <p>{t(news === 'selesai' ? 'door.saved-full' : 'door.saved-part')}</p>
    </Card>
  )
}

function FamilyCard({ family, door }: { family: LocalRecord; door: Door }) {
  const household = door.household?.id ?? ''
  const members = door.members.filter((member) => member.fields['family'] === family.id)
  const missing = stepsOf(family, door).reduce((sum, step) => sum + progress(step.section, family, door).missing, 0)
  return (
    <Card
      flush
      title={familyName(family, door)}
      aside={
        <a class="head-link" href={familyPage(household, family.id)}>
          {t('door.family-card')}
          {missing > 0 && <span class="hide"> {t('state.missing', { count: missing })}</span>}
        </a>
      }
    >
      {members.map((member) => (
        <PersonRow key={member.id} member={member} door={door} />
      ))}
      {members.length === 0 && <p class="card-foot soft">{t('door.nobody')}</p>}
    </Card>
  )
}

/** People who belong to no family yet. */
function Loose({ door }: { door: Door }) {
  const known = new Set(door.families.map((family) => family.id))
  const loose = door.members.filter((member) => !known.has(String(member.fields['family'])))
  if (loose.length === 0) return null
  return (
    <Card flush title={t('door.loose')}>
      {loose.map((member) => (
        <PersonRow key={member.id} member={member} door={door} />
      ))}
    </Card>
  )
}

export function PersonRow({ member, door }: { member: LocalRecord; door: Door }) {
  const steps = stepsOf(member, door).filter((step) => step.section.module === null)
  const missing = steps.reduce((sum, step) => sum + progress(step.section, member, door).missing, 0)
  const name = personName(member, door)
  const notes = [personLine(member, door), ...motherWords(member, door), door.isCounted(member) ? '' : t('door.not-counted')]
  return (
    <Row
      letters={initials(name)}
      title={name}
      sub={notes.filter(Boolean).join(' · ')}
      trail={
        missing > 0 ? <Chip tone="work">{t('state.missing', { count: missing })}</Chip> : <Chip tone="done">{t('state.full')}</Chip>
      }
      href={memberPage(door.household?.id ?? '', member.id)}
    />
  )
}

/** "hamil", "nifas", "menyusui", as her events say today. */
export function motherWords(member: LocalRecord, door: Door): string[] {
  const state = door.motherhood(member.id, door.asOf)
  const said = [
    state['hamil'] && t('door.pregnant'),
    state['nifas'] && t('door.after-birth'),
    state['menyusui'] && t('door.nursing'),
  ]
  return said.filter((one) => typeof one === 'string')
}

/** One topic with how far it has come. */
export function StepRow({ step, door, household }: { step: Step; door: Door; household: string }) {
  const { state, missing } = progress(step.section, step.record, door)
  const trail =
    step.section.module !== null ? (
      <Chip tone={state === 'none' ? 'quiet' : 'done'}>{t(state === 'none' ? 'state.optional' : 'state.filled')}</Chip>
    ) : state === 'full' ? (
      <Chip tone="done">{t('state.full')}</Chip>
    ) : (
      <Chip tone="work">{t('state.missing', { count: missing })}</Chip>
    )
  return <Row title={step.section.title} trail={trail} href={stepPage(household, step)} />
}

function Events({ door }: { door: Door }) {
  const recent = [...door.events].reverse().slice(0, 5)
  if (recent.length === 0) return null
  const nameOf = (id: unknown) => door.records.find((record) => record.id === id)
  return (
    <Card title={t('door.events')} flush>
      {recent.map((event) => {
        const person = nameOf(event.fields['member'])
        return (
          <Row
            key={event.id}
            icon="calendar"
            title={door.form.structureLabel('event', 'type', String(event.fields['type']))}
            sub={[person ? personName(person, door) : '', spoken(String(event.fields['on'] ?? ''))].filter(Boolean).join(' · ')}
          />
        )
      })}
    </Card>
  )
}

/** Where the answers of this door are. */
function WhereKept({ session }: { session: DoorSession }) {
  const isPending = session.stored.value.some((record) => record.pending)
  return <StatusLine state={isPending ? 'phone' : 'server'}>{t(isPending ? 'door.on-phone' : 'door.on-server')}</StatusLine>
}

function Actions({ session }: { session: DoorSession }) {
  const { household } = session
  const status = session.storedStatus.value
  const draft = session.draft.value
  if (draft) {
    return (
      <BottomBar status={<SavedLine session={session} />}>
        <Button kind="filled" icon="edit" href={visitPage(household)}>
          {t(draft.isVisit ? 'door.resume' : 'door.resume-correction')}
        </Button>
      </BottomBar>
    )
  }
  const start = visitPage(household, status.expired.length > 0 ? 'lama' : '')
  if (status.visitedOn === today() || status.waitsForDesa) {
    return (
      <BottomBar status={<WhereKept session={session} />}>
        <Button href={start}>{t('door.again')}</Button>
        <Button kind="filled" href="#/rumah">
          {t('door.next-door')}
        </Button>
      </BottomBar>
    )
  }
  if (status.complete && !status.wantsFullVisit) {
    return (
      <BottomBar status={<WhereKept session={session} />}>
        <Button href={start}>{t('door.full-visit')}</Button>
        <Button kind="filled" icon="check" href={visitPage(household, status.expired.length > 0 ? 'lama' : 'cek')}>
          {t('door.no-change')}
        </Button>
      </BottomBar>
    )
  }
  return (
    <BottomBar status={status.complete ? <p class="status">{t('door.why-full')}</p> : <WhereKept session={session} />}>
      <Button kind="filled" href={start}>
        {t(status.known ? 'door.visit-again' : 'door.start')}
      </Button>
    </BottomBar>
  )
}

/** One topic of the house. */
export function HouseholdScreen({ household, section }: { household: string; section?: string }) {
  const session = useDoor(household)
  if (session === null || session === 'failed') return <Loading failed={session === 'failed'} back={doorPage(household)} />
  const door = session.door.value
  const record = door.household
  const sections = session.view.sections('household')
  const found = sections.find((one) => one.id === section) ?? sections[0]
  if (!record || !found) return <Loading failed back={doorPage(household)} />
  const isFirst = found === sections[0]
  return (
    <SectionPage
      key={found.id}
      session={session}
      step={{ kind: 'household', record, section: found }}
      whose={doorName(door)}
      back={session.draft.value ? visitPage(household) : doorPage(household)}
      after={
        isFirst && (
          <Card title={t('position.title')}>
            <p class="soft small">{t('position.why')}</p>
            <PositionWidget value={record.fields['position']} onAnswer={(value) => session.answer(record, 'position', value)} />
          </Card>
        )
      }
    />
  )
}
