/**
 * One person: what is known and missing by topic, and what can happen to her. With `bagian`, one topic as a page of the form.
 *
 * A new person is made in the visit the moment the page opens, with her family where there is only one, and her first page is the roster's.
 */
import { useEffect } from 'preact/hooks'
import { stepsOf } from '../form/ask'
import { doorPage, memberPage, stepPage, visitPage } from '../form/addresses'
import type { Door } from '../form/context'
import { Loading } from '../form/loading'
import { Option } from '../form/choice-widgets'
import { familyName, personLine, personName } from '../form/people'
import { SavedLine, SectionPage } from '../form/section-page'
import type { DoorSession } from '../form/session'
import { useDoor } from '../form/use-door'
import { go } from '../router'
import type { LocalRecord } from '../store/types'
import { BottomBar, Button, Card, Chip, Row, TopBar } from '../ui'
import { t } from '../words'
import { motherWords, StepRow } from './door'
import { RemoveCard } from './remove'

interface MemberProps {
  household: string
  member: string
  /** Section of the form. */
  bagian?: string
  /** Family of a new person. */
  kk?: string
}

/** Makes a person in the visit; the first one of a family is offered as its head. */
function addPerson(session: DoorSession, kk: string | undefined): string {
  session.begin()
  const door = session.door.value
  const family = kk ?? door.families[0]?.id ?? session.add('family', {})
  const form = session.view
  const kinship = form.role('member', 'kinship')
  const hasHead = door.members.some(
    (member) => member.fields['family'] === family && form.means('member', 'kinship', 'head', member.fields[kinship]),
  )
  return session.add('member', { family, ...(!hasHead && { [kinship]: form.valueOf('member', 'kinship', 'head') }) })
}

export function MemberScreen({ household, member, bagian, kk }: MemberProps) {
  const session = useDoor(household)
  const isNew = member === 'baru'
  useEffect(() => {
    if (!isNew || session === null || session === 'failed') return
    const first = session.view.sections('member').find((section) => section.pass === 'roster')
    const page = memberPage(household, addPerson(session, kk))
    go((first ? `${page}?bagian=${first.id}` : page).slice(1), true)
  }, [isNew, session, kk])
  if (session === null || session === 'failed' || isNew) return <Loading failed={session === 'failed'} back={doorPage(household)} />
  const door = session.door.value
  const record = door.records.find((one) => one.id === member && one.kind === 'member')
  if (!record) return <Loading failed back={doorPage(household)} />
  const section = bagian === undefined ? undefined : session.view.section('member', bagian)
  return section ? (
    <TopicPage session={session} record={record} section={section.id} />
  ) : (
    <PersonPage session={session} record={record} />
  )
}

function TopicPage({ session, record, section }: { session: DoorSession; record: LocalRecord; section: string }) {
  const { household } = session
  const found = session.view.section('member', section)
  if (!found) return null
  const door = session.door.value
  const isRoster = found.pass === 'roster'
  const line = personLine(record, door)
  return (
    <SectionPage
      key={`${record.id}-${section}`}
      session={session}
      step={{ kind: 'member', record, section: found }}
      whose={
        isRoster
          ? t('member.new-of', { name: personName(record, door) })
          : [personName(record, door), line].filter(Boolean).join(' · ')
      }
      back={isRoster ? visitPage(household) : memberPage(household, record.id)}
      second={
        isRoster ? (
          <Button icon="plus" href={`${memberPage(household, 'baru')}?kk=${String(record.fields['family'] ?? '')}`}>
            {t('member.another')}
          </Button>
        ) : undefined
      }
      after={isRoster && <FamilyChoice session={session} record={record} door={door} />}
    />
  )
}

/** Which family a person belongs to, asked only where there are several. */
function FamilyChoice({ session, record, door }: { session: DoorSession; record: LocalRecord; door: Door }) {
  if (door.families.length < 2) return null
  return (
    <div class="card" role="group" aria-labelledby="member-family">
      <p class="question-label" id="member-family">
        {t('member.family')}
      </p>
      <div class="choices question-body">
        {door.families.map((family) => (
          <Option
            key={family.id}
            type="radio"
            name="family"
            label={familyName(family, door)}
            checked={record.fields['family'] === family.id}
            offered={false}
            onPick={() => session.answer(record, 'family', family.id)}
          />
        ))}
      </div>
    </div>
  )
}

function PersonPage({ session, record }: { session: DoorSession; record: LocalRecord }) {
  const { household } = session
  const door = session.door.value
  const steps = stepsOf(record, door)
  const core = steps.filter((step) => step.section.module === null)
  const more = steps.filter((step) => step.section.module !== null)
  const gap =
    core.find((step) => step.section.fields.some((field) => field.required && record.fields[field.id] === undefined)) ?? core[0]
  const happen = (type: string) => visitPage(household, 'kejadian', { jenis: type, warga: record.id })
  return (
    <div class="screen">
      <TopBar
        title={personName(record, door)}
        sub={personLine(record, door)}
        back={session.draft.value ? visitPage(household) : doorPage(household)}
      />
      <main class="body">
        <div class="chips">
          {motherWords(record, door).map((one) => (
            <Chip key={one}>{one}</Chip>
          ))}
          {!door.isCounted(record) && <Chip>{t('door.not-counted')}</Chip>}
        </div>
        <Card title={t('member.core')} flush>
          {core.map((step) => (
            <StepRow key={step.section.id} step={step} door={door} household={household} />
          ))}
        </Card>
        {more.length > 0 && (
          <Card title={t('member.more')} flush>
            {more.map((step) => (
              <StepRow key={step.section.id} step={step} door={door} household={household} />
            ))}
          </Card>
        )}
        <Card title={t('member.happened')} flush>
          <Row title={t('member.moved')} icon="home" href={happen('pindah')} />
          <Row title={t('member.died')} icon="leaf" href={happen('meninggal')} />
        </Card>
        <RemoveCard session={session} record={record} />
      </main>
      <BottomBar status={<SavedLine session={session} />}>
        {gap && (
          <Button kind="filled" href={stepPage(household, gap)}>
            {t('member.fill')}
          </Button>
        )}
      </BottomBar>
    </div>
  )
}
