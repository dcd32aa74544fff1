/** What the sync screen shows, read from the store and put into words: doors by name, questions by label, verdicts by what they mean. */
import { today } from '../clock'
import { Door } from '../form/context'
import { FormView } from '../form/form-view'
import { doorName } from '../form/people'
import { profile } from '../session/live'
import { everything, form as storedForm } from '../store/index'
import { doorOf } from '../store/overlay'
import { effective, inbox, type InboxItem, type LogLine, logLines, notedEdits, type SentEdit, settledEdits, waitingEdits } from '../store/told'
import type { LocalRecord } from '../store/types'
import { t, word } from '../words'

/** Everything the sync screen shows, read at once. */
export interface Loaded {
  waiting: SentEdit[]
  noted: SentEdit[]
  settled: SentEdit[]
  items: InboxItem[]
  log: LogLine[]
  all: Map<string, LocalRecord>
  view: FormView | null
}

/** How many of each list are read and shown. */
export const SHOWN = 20

/** Reads it. */
export async function load(): Promise<Loaded> {
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

/** The door an edit or a record belongs to, and the name to show. */
export function doorIn(loaded: Loaded, ids: string[]): { id: string | null; name: string } {
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
export function question(loaded: Loaded, kind: string | undefined, field: string): string {
  const found = kind && loaded.view?.field(kind as LocalRecord['kind'], field)
  return (found && found.label) || word(`key.${field}`) || field
}

/** An answer in words. */
export function said(loaded: Loaded, kind: string | undefined, field: string, value: unknown): string {
  const found = kind && loaded.view?.field(kind as LocalRecord['kind'], field)
  if (found && loaded.view) return loaded.view.said(found, value, t('sync.yes'), t('sync.no')) || t('sync.empty')
  return value === null || value === undefined ? t('sync.empty') : String(value)
}

/** Why an edit was refused. */
export function refusal(edit: SentEdit): string {
  const code = edit.verdict ? effective(edit.verdict).code : undefined
  return word(`refused.${code ?? ''}`) ?? t('sync.refused')
}

/** The other person of a conflict, by name where the server told it. */
function other(item: InboxItem): string {
  const me = profile.value?.name
  const names = [item.details['kept_by'], item.details['lost_by']].filter((name) => typeof name === 'string')
  return names.find((name) => name !== me) ?? t('sync.somebody')
}

/** One line of the inbox in words. */
export function itemWords(loaded: Loaded, item: InboxItem): string {
  const kind = item.record ? loaded.all.get(item.record)?.kind : undefined
  const name = item.field ? question(loaded, kind, item.field) : ''
  const by = other(item)
  const detail = (key: string): string => (item.field ? said(loaded, kind, item.field, item.details[key]) : '')
  if (item.type === 'conflict') return t('inbox.conflict', { name, by, kept: detail('kept'), lost: detail('lost') })
  return word(`inbox.${item.type}`) ?? t('inbox.other')
}

/** One line of the sync log in words. */
export function logWords(line: LogLine): string {
  if (line.result !== 'done' && line.sent + line.received === 0) return t('log.nothing')
  const kilobytes = Math.max(1, Math.round((line.bytesUp + line.bytesDown) / 1024))
  const base = t('log.line', { sent: line.sent, received: line.received, kilobytes })
  const repaired = line.repaired.length > 0 ? ` ${t('log.repaired', { count: line.repaired.length })}` : ''
  return base + repaired
}

/** The newest line, and of the others those in which something happened. */
export function tellingLines(log: LogLine[]): LogLine[] {
  return log.filter((line, at) => at === 0 || line.result !== 'done' || line.sent + line.received + line.gone > 0)
}
