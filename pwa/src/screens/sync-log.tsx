/**
 * What is only on this phone, what arrived and when, what was merged and with whom, what must be repaired.
 * Nothing here can be lost by looking: putting a refused edit away keeps it stored.
 */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { today } from '../clock'
import { Door } from '../form/context'
import { FormView } from '../form/form-view'
import { doorName } from '../form/people'
import { go } from '../router'
import { profile } from '../session/live'
import { signOut } from '../session/session'
import { everything, form as storedForm } from '../store/index'
import { changed, syncReason, syncState, unsentCount } from '../store/live'
import { doorOf } from '../store/overlay'
import {
  effective,
  inbox,
  type InboxItem,
  type LogLine,
  logLines,
  markSeen,
  notedEdits,
  putAway,
  type SentEdit,
  settledEdits,
  waitingEdits,
} from '../store/told'
import type { LocalRecord } from '../store/types'
import { sync } from '../sync/background'
import { BottomBar, Button, Card, Chip, type ChipTone, Row, TopBar } from '../ui'
import { t, word } from '../words'
import { timeWords, troubleWords, WhereLine } from './where'

interface Loaded {
  waiting: SentEdit[]
  noted: SentEdit[]
  settled: SentEdit[]
  items: InboxItem[]
  log: LogLine[]
  all: Map<string, LocalRecord>
  view: FormView | null
}

const SHOWN = 20

async function load(): Promise<Loaded> {
  const [waiting, noted, settled, items, log, all, form] = await Promise.all([
    waitingEdits(),
    notedEdits(),
    settledEdits(SHOWN),
    inbox(),
    logLines(SHOWN),
    everything(),
    storedForm().catch(() => null),
  ])
  return { waiting, noted, settled, items, log, all, view: form && new FormView(form) }
}

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

/** The door an edit or a record belongs to, and the name to show. */
function doorIn(loaded: Loaded, ids: string[]): { id: string | null; name: string } {
  for (const id of ids) {
    const record = loaded.all.get(id)
    const door = record ? doorOf(record) : ''
    if (door === '' || !loaded.view) continue
    const records = [...loaded.all.values()].filter((other) => doorOf(other) === door)
    return { id: door, name: doorName(new Door(records, loaded.view, today())) }
  }
  return { id: null, name: t('list.noName') }
}

/** The label of a question; structural keys and unknown ones have words of their own or none. */
function question(loaded: Loaded, kind: string | undefined, field: string): string {
  const found = kind && loaded.view?.field(kind as LocalRecord['kind'], field)
  return (found && found.label) || word(`key.${field}`) || field
}

function said(loaded: Loaded, kind: string | undefined, field: string, value: unknown): string {
  const found = kind && loaded.view?.field(kind as LocalRecord['kind'], field)
  if (found && loaded.view) return loaded.view.said(found, value, t('sync.yes'), t('sync.no')) || t('sync.empty')
  return value === null || value === undefined ? t('sync.empty') : String(value)
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

function Refused({ loaded }: { loaded: Loaded }): JSX.Element | null {
  const edits = loaded.noted.filter((edit) => edit.verdict && effective(edit.verdict).verdict === 'refused')
  if (edits.length === 0) return null
  return (
    <Card title={t('sync.refusedTitle')} tone="red" flush>
      {edits.map((edit) => (
        <div key={edit.id} class="noted">
          <EditRow loaded={loaded} edit={edit} sub={refusal(edit)} />
          <div class="card-foot">
            <Button onClick={() => void putAway(edit.outbox, edit.n)}>{t('sync.putAway')}</Button>
          </div>
        </div>
      ))}
    </Card>
  )
}

function refusal(edit: SentEdit): string {
  const code = edit.verdict ? effective(edit.verdict).code : undefined
  return word(`refused.${code ?? ''}`) ?? t('sync.refused')
}

function itemWords(loaded: Loaded, item: InboxItem): string {
  const kind = item.record ? loaded.all.get(item.record)?.kind : undefined
  const name = item.field ? question(loaded, kind, item.field) : ''
  const by = typeof item.details['by'] === 'string' ? item.details['by'] : t('sync.somebody')
  const detail = (key: string): string => (item.field ? said(loaded, kind, item.field, item.details[key]) : '')
  if (item.type === 'conflict') return t('inbox.conflict', { name, by, kept: detail('kept'), lost: detail('lost') })
  return word(`inbox.${item.type}`) ?? t('inbox.other')
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

function logWords(line: LogLine): string {
  if (line.result !== 'done' && line.sent + line.received === 0) return t('log.nothing')
  const kilobytes = Math.max(1, Math.round((line.bytesUp + line.bytesDown) / 1024))
  const base = t('log.line', { sent: line.sent, received: line.received, kilobytes })
  const repaired = line.repaired.length > 0 ? ` ${t('log.repaired', { count: line.repaired.length })}` : ''
  return base + repaired
}

/** The newest line, and of the others those in which something happened. */
function tellingLines(log: LogLine[]): LogLine[] {
  return log.filter((line, at) => at === 0 || line.result !== 'done' || line.sent + line.received + line.gone > 0)
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
