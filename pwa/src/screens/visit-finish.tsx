/**
 * The end of a visit: what is still missing, listed with links, and one button that saves everything as one edit.
 *
 * Nothing missing makes the outcome `selesai`; anything missing, or too much marked *tidak tahu*, makes it `sebagian`. She may always leave.
 */
import { useState } from 'preact/hooks'
import { AboutVisit } from '../form/about-visit'
import { doorPage, stepPage, visitPage } from '../form/addresses'
import { allOddities } from '../form/ask'
import type { DoorStatus, Place } from '../form/complete'
import type { Door } from '../form/context'
import { doorName, familyName, personName } from '../form/people'
import { SavedLine } from '../form/section-page'
import type { DoorSession } from '../form/session'
import { go } from '../router'
import type { LocalRecord } from '../store/types'
import { BottomBar, Button, Card, Row, TopBar } from '../ui'
import { t } from '../words'

interface Gap {
  place: Place
  count: number
}

/** One line per page that has something missing. */
function gaps(places: Place[]): Gap[] {
  const all = new Map<string, Gap>()
  for (const place of places) {
    const key = `${place.record.id}|${place.section}`
    const old = all.get(key)
    all.set(key, { place: old?.place ?? place, count: (old?.count ?? 0) + 1 })
  }
  return [...all.values()]
}

export function FinishPage({ session }: { session: DoorSession }) {
  const { household } = session
  const door = session.door.value
  const status = session.status.value
  const [about, setAbout] = useState<Record<string, unknown>>({})
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  const isFull = status.missing.length === 0 && !status.tooManyMarked && status.countPeople > 0
  const outcome = isFull ? 'selesai' : 'sebagian'
  const end = async (work: Promise<void>, news: string) => {
    setState('busy')
    await work.then(
      () => go(doorPage(household, news).slice(1), true),
      () => setState('failed'),
    )
  }
  return (
    <div class="screen">
      <TopBar title={t('finish.title')} sub={doorName(door)} back={visitPage(household)} />
      <main class="body">
        <Summary status={status} isFull={isFull} />
        {status.missing.length > 0 && <Missing session={session} places={status.missing} />}
        <Odd door={door} />
        {session.draft.value?.isVisit !== false && (
          <AboutVisit session={session} outcome={outcome} answers={about} onChange={setAbout} />
        )}
        {state === 'failed' && <p class="warning">{t('save.failed')}</p>}
        <Button kind="plain" disabled={state === 'busy'} onClick={() => void end(session.keep(), 'koreksi')}>
          {t('finish.without-visit')}
        </Button>
      </main>
      <BottomBar status={<SavedLine session={session} />}>
        <Button
          kind="filled"
          icon="check"
          disabled={state === 'busy'}
          onClick={() => void end(session.finish(outcome, about), outcome)}
        >
          {t(isFull ? 'finish.save' : 'finish.save-part')}
        </Button>
      </BottomBar>
    </div>
  )
}

function Summary({ status, isFull }: { status: DoorStatus; isFull: boolean }) {
  if (isFull) {
    return (
      <Card tone="leaf">
        <h2>{t('finish.full')}</h2>
        <p>{t('finish.full-why', { people: status.countPeople, answers: status.required })}</p>
      </Card>
    )
  }
  const why = status.tooManyMarked ? t('stand.marked') : t('stand.nobody')
  return (
    <Card tone="sun">
      <h2>{status.missing.length > 0 ? t('finish.missing', { count: status.missing.length }) : why}</h2>
      <p>{t('finish.missing-why')}</p>
    </Card>
  )
}

function whose(record: LocalRecord, door: Door): string {
  if (record.kind === 'member') return personName(record, door)
  return record.kind === 'family' ? familyName(record, door) : t('door.house')
}

/** What is missing, one line per page, each leading there. */
function Missing({ session, places }: { session: DoorSession; places: Place[] }) {
  const door = session.door.value
  return (
    <Card flush>
      {gaps(places).map(({ place: { record, section: id }, count }) => {
        const section = session.view.section(record.kind, id)
        return (
          section && (
            <Row
              key={`${record.id}-${id}`}
              title={whose(record, door)}
              sub={`${section.title} · ${t('state.missing', { count })}`}
              href={stepPage(session.household, { kind: record.kind, record, section })}
            />
          )
        )
      })}
    </Card>
  )
}

/** Answers that look odd and were not declared right: a last look, never a wall. */
function Odd({ door }: { door: Door }) {
  const odd = allOddities(door)
  if (odd.length === 0) return null
  return (
    <Card tone="sun" flush title={t('finish.odd', { count: odd.length })}>
      {odd.map(({ step, check }) => (
        <Row
          key={`${step.record.id}-${check.id}`}
          title={whose(step.record, door)}
          sub={check.message}
          href={stepPage(door.household?.id ?? '', step)}
        />
      ))}
    </Card>
  )
}
