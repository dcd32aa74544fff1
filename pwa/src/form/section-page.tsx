/**
 * One page of the form: one topic of one person, family or house, with Back and Next pinned below and the autosave line above them.
 *
 * Leaving a page never asks and never loses anything. What is unanswered is listed at the end of the visit, not held against her here.
 */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { BottomBar, Button, EmptyState, StatusLine, TopBar } from '../ui'
import { go } from '../router'
import { t } from '../words'
import { visitPage } from './addresses'
import { type Step } from './ask'
import { askedFields } from './asked'
import { walkFrom, type Walk } from './next'
import { Question } from './question'
import { isAnswered } from './rules'
import type { DoorSession } from './session'

/** "Tersimpan di HP 10.32", from the instant of the last autosave. */
export function SavedLine({ session }: { session: DoorSession }) {
  if (session.unsaved.value) return <StatusLine state="look">{t('save.failed')}</StatusLine>
  const at = session.savedAt.value
  const isEmpty = Object.keys(session.draft.value?.touched ?? {}).length === 0
  if (at === null) return <StatusLine>{t(isEmpty ? 'save.nothing' : 'save.busy')}</StatusLine>
  return <StatusLine>{t('save.done', { time: clock(at) })}</StatusLine>
}

/** 10.32, the time of an instant in Asia/Jakarta. */
export const clock = (instant: string): string =>
  new Date(Date.parse(instant) + 7 * 3_600_000).toISOString().slice(11, 16).replace(':', '.')

const PAUSE_MS = 250

/** Where the page stands, worked out again in a pause of typing, because it reads every rule of the door. */
function useWalk(session: DoorSession, step: Step): Walk {
  const [walk, setWalk] = useState(() => walkFrom(step, session.door.value, session.draft.value))
  const draft = session.draft.value
  useEffect(() => {
    const timer = setTimeout(() => setWalk(walkFrom(step, session.door.value, session.draft.value)), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [session, draft, step.record.id, step.section.id])
  return walk
}

export interface SectionPageProps {
  session: DoorSession
  step: Step
  /** Whose page this is, above the title. */
  whose: string
  back: string
  /** Above the questions. */
  children?: ComponentChildren
  /** Below the questions. */
  after?: ComponentChildren
  /** Beside "Lanjut". */
  second?: ComponentChildren
}

export function SectionPage({ session, step, whose, back, children, after, second }: SectionPageProps) {
  const door = session.door.value
  const record = door.records.find((other) => other.id === step.record.id) ?? step.record
  const fields = askedFields(step.section, record, door)
  const { at, of } = useWalk(session, step)
  const expired = new Set(
    session.storedStatus.value.expired.filter((place) => place.record.id === record.id).map((place) => place.field.id),
  )
  const page = useRef<HTMLElement>(null)
  useEffect(() => {
    const isNew = step.section.pass === 'roster' && !isAnswered(record.fields[fields[0]?.id ?? ''])
    if (isNew) page.current?.querySelector('input')?.focus({ preventScroll: true })
  }, [step.record.id])
  const asked = new Set(Object.keys(session.draft.value?.touched[record.id]?.set ?? {}))
  return (
    <div class="screen">
      <TopBar title={step.section.title} sub={whose} back={back} />
      <main class="body" ref={page}>
        {at > 0 && (
          <div class="steps steps-flat">
            <progress class="bar" max={of} value={at} aria-label={t('page.progress')} />
            <span class="number">{t('page.place', { at, of })}</span>
          </div>
        )}
        {children}
        {fields.length === 0 && <EmptyState title={t('page.nothing')} />}
        <div class="card">
          {fields.map((field) => (
            <Question
              key={`${record.id}-${field.id}`}
              field={field}
              name={`${record.id}-${field.id}`}
              record={record}
              door={door}
              expired={expired.has(field.id) && !asked.has(field.id)}
              onAnswer={(value, now) => session.answer(record, field.id, value, now)}
              onOther={(other, value) => session.answer(record, other, value)}
            />
          ))}
        </div>
        {after}
      </main>
      <BottomBar status={<SavedLine session={session} />}>
        {second ?? (
          <Button kind="plain" href={visitPage(session.household)}>
            {t('page.list')}
          </Button>
        )}
        <Button kind="filled" onClick={() => go(walkFrom(step, session.door.value, session.draft.value).next.slice(1))}>
          {t('page.next')}
        </Button>
      </BottomBar>
    </div>
  )
}
