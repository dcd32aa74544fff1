/**
 * What is only on this phone, what arrived and when, what was merged and with whom, what must be repaired.
 * Nothing here can be lost by looking: putting a refused edit away keeps it stored.
 */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { go } from '../router'
import { profile } from '../session/live'
import { signOut } from '../session/session'
import { changed, syncReason, syncState, unsentCount } from '../store/live'
import { effective, markSeen, putAway, type SentEdit } from '../store/told'
import { sync } from '../sync/background'
import { BottomBar, Button, Card, Chip, type ChipTone, Row, TopBar } from '../ui'
import { t, word } from '../words'
import { doorIn, itemWords, load, type Loaded, logWords, question, refusal, said, SHOWN, tellingLines } from './sync-told'
import { timeWords, troubleWords, WhereLine } from './where'

function useLoaded(): Loaded | null {
  const [loaded, setLoaded] = useState<Loaded | null>(null)
  const version = changed.value
  useEffect(() => {
    let isGone = false
    void load().then((value) => !isGone && setLoaded(value))
    return () => {
      isGone = true
    }
  }, [version])
  return loaded
}

const TONES: Record<string, ChipTone> = { applied: 'done', merged: 'old', refused: 'red', held: 'quiet', proposed: 'quiet', quarantined: 'quiet' }

function VerdictChip({ edit }: { edit: SentEdit }): JSX.Element {
  const name = edit.verdict ? effective(edit.verdict).verdict : 'waiting'
  return <Chip tone={TONES[name] ?? 'quiet'}>{word(`verdict.${name}`) ?? name}</Chip>
}

function EditRow({ loaded, edit, sub }: { loaded: Loaded; edit: SentEdit; sub: string }): JSX.Element {
  const door = doorIn(loaded, edit.touches)
  const link = door.id === null ? {} : { href: `#/rumah/${door.id}` }
  return <Row title={door.name} sub={sub} trail={<VerdictChip edit={edit} />} {...link} />
}

function Waiting({ loaded }: { loaded: Loaded }): JSX.Element | null {
  if (loaded.waiting.length === 0) return null
  return (
    <Card title={t('sync.waitingTitle')} aside={<Chip>{t('sync.count', { count: loaded.waiting.length })}</Chip>} flush>
      {loaded.waiting.slice(0, SHOWN).map((edit) => (
        <EditRow key={edit.id} loaded={loaded} edit={edit} sub={t('sync.savedAt', { time: timeWords(edit.at) })} />
      ))}
    </Card>
  )
}

function Losses({ loaded, edit }: { loaded: Loaded; edit: SentEdit }): JSX.Element {
  const lost = edit.verdict ? (effective(edit.verdict).lost ?? []) : []
  return (
    <ul class="losses">
      {lost.map((item) => {
        const patch = edit.body.patches.find((one) => one.id === item.record)
        const name = question(loaded, patch?.kind, item.field)
        const kept = said(loaded, patch?.kind, item.field, item.kept)
        const yours = said(loaded, patch?.kind, item.field, patch?.set?.[item.field])
        return (
          <li key={`${item.record}${item.field}`}>
            {item.code ? t('sync.impossible', { name, yours }) : t('sync.lost', { name, kept, yours })}
          </li>
        )
      })}
    </ul>
  )
}

function Noted({ loaded }: { loaded: Loaded }): JSX.Element | null {
  const edits = loaded.noted.filter((edit) => edit.verdict && effective(edit.verdict).verdict !== 'refused')
  if (edits.length === 0) return null
  return (
    <Card title={t('sync.notedTitle')} flush>
      {edits.slice(0, SHOWN).map((edit) => (
        <div key={edit.id} class="noted">
          <EditRow loaded={loaded} edit={edit} sub={t('sync.arrivedAt', { time: timeWords(edit.settledAt ?? edit.at) })} />
          <Losses loaded={loaded} edit={edit} />
        </div>
      ))}
    </Card>
  )
}

/** What was filled in, so that nothing has to be remembered when it is entered again. */
function Contents({ loaded, edit }: { loaded: Loaded; edit: SentEdit }): JSX.Element {
  const answers = edit.body.patches.flatMap(({ kind, set }) => Object.entries(set ?? {}).map(([field, value]) => ({ kind, field, value })))
  const told = answers.filter(({ kind, field }) => loaded.view?.field(kind, field) !== undefined)
  return (
    <ul class="losses">
      {told.map(({ kind, field, value }, at) => (
        <li key={at}>
          {question(loaded, kind, field)}: {said(loaded, kind, field, value)}
        </li>
      ))}
    </ul>
  )
}

function Refused({ loaded }: { loaded: Loaded }): JSX.Element | null {
  const edits = loaded.noted.filter((edit) => edit.verdict && effective(edit.verdict).verdict === 'refused')
  if (edits.length === 0) return null
  return (
    <Card title={t('sync.refusedTitle')} tone="red" flush>
      {edits.map((edit) => (
        <div key={edit.id} class="noted">
          <EditRow loaded={loaded} edit={edit} sub={refusal(edit)} />
          <Contents loaded={loaded} edit={edit} />
          <div class="card-foot">
            <Button onClick={() => void putAway(edit.outbox, edit.n)}>{t('sync.putAway')}</Button>
          </div>
        </div>
      ))}
    </Card>
  )
}

function Inbox({ loaded }: { loaded: Loaded }): JSX.Element | null {
  const fresh = loaded.items.filter((item) => !item.isSeen)
  if (fresh.length === 0) return null
  return (
    <Card title={t('inbox.title')} aside={<Chip tone="work">{t('sync.count', { count: fresh.length })}</Chip>} tone="sun" flush>
      {fresh.slice(0, SHOWN).map((item) => {
        const door = item.record ? doorIn(loaded, [item.record]) : { id: null, name: t('list.noName') }
        const link = door.id === null ? {} : { href: `#/rumah/${door.id}` }
        return <Row key={item.id} icon="alert" title={door.name} sub={itemWords(loaded, item)} {...link} />
      })}
      <div class="card-foot">
        <Button onClick={() => void markSeen(fresh.map((item) => item.id))}>{t('inbox.seen')}</Button>
      </div>
    </Card>
  )
}

function Arrived({ loaded }: { loaded: Loaded }): JSX.Element | null {
  if (loaded.settled.length === 0) return null
  return (
    <Card title={t('sync.arrivedTitle')} flush>
      {loaded.settled.map((edit) => (
        <EditRow key={edit.id} loaded={loaded} edit={edit} sub={t('sync.arrivedAt', { time: timeWords(edit.settledAt ?? edit.at) })} />
      ))}
    </Card>
  )
}

function Log({ loaded }: { loaded: Loaded }): JSX.Element | null {
  if (loaded.log.length === 0) return null
  return (
    <Card title={t('log.title')} flush>
      {tellingLines(loaded.log).map((line) => (
        <Row key={line.at} title={timeWords(line.at)} sub={logWords(line)} trail={<Chip>{word(`log.${line.result}`) ?? line.result}</Chip>} />
      ))}
    </Card>
  )
}

function Leaving(): JSX.Element {
  const leave = async (): Promise<void> => {
    await signOut().catch(() => undefined)
    profile.value = null
    go('/aktivasi', true)
  }
  return (
    <Card title={profile.value?.name ?? ''}>
      <p class="small soft">{t('leave.why')}</p>
      <Button kind="plain" onClick={() => void leave()}>
        {t('leave.do')}
      </Button>
    </Card>
  )
}

/** The sync screen. */
export function SyncLogScreen(): JSX.Element {
  const loaded = useLoaded()
  const isBusy = syncState.value === 'syncing'
  const trouble = troubleWords()
  return (
    <div class="screen">
      <TopBar title={t('sync.title')} back="#/" />
      <main class="body">
        {trouble && !isBusy && <p class="soft">{trouble}</p>}
        {syncReason.value === 'signin' && (
          <Button kind="tonal" wide href="#/aktivasi">
            {t('sync.newCode')}
          </Button>
        )}
        {loaded && <Refused loaded={loaded} />}
        {loaded && <Inbox loaded={loaded} />}
        {loaded && <Waiting loaded={loaded} />}
        {loaded && unsentCount.value === 0 && <p class="lead">{t('sync.nothingWaits')}</p>}
        {loaded && <Noted loaded={loaded} />}
        {loaded && <Arrived loaded={loaded} />}
        {loaded && <Log loaded={loaded} />}
        <Leaving />
      </main>
      <BottomBar status={<WhereLine href="#/" />}>
        <Button kind="filled" icon="sync" disabled={isBusy} onClick={() => void sync()}>
          {isBusy ? t('sync.now') : t('sync.do')}
        </Button>
      </BottomBar>
    </div>
  )
}
