/**
 * What the kader should know about this door: where another person's answer met hers, what waits, what the desa asks.
 *
 * The inbox tells both sides of a clash; the verdicts of this phone's own saves tell the rest. Told once, put away by one tap.
 */
import { useEffect, useState } from 'preact/hooks'
import type { Door } from '../form/context'
import { doorName, familyName, personName } from '../form/people'
import type { DoorSession } from '../form/session'
import { changed } from '../store/live'
import { notesOf } from '../store/index'
import { inbox, markSeen, type InboxItem } from '../store/told'
import type { LocalRecord, Note } from '../store/types'
import { Button, Card } from '../ui'
import { t, word } from '../words'

interface Told {
  items: { record: LocalRecord; item: InboxItem }[]
  notes: { record: LocalRecord; note: Note }[]
}

const SHOWN = 5

async function read(records: readonly LocalRecord[]): Promise<Told> {
  const byId = new Map(records.map((record) => [record.id, record]))
  const items = (await inbox()).flatMap((item) => {
    const record = item.isSeen ? undefined : byId.get(item.record ?? '')
    return record ? [{ record, item }] : []
  })
  const isTold = (record: LocalRecord, note: Note): boolean =>
    items.some((one) => one.record.id === record.id && one.item.field === note.field)
  const lists = await Promise.all(records.map(async (record) => (await notesOf(record.id)).map((note) => ({ record, note }))))
  const notes = lists.flat().filter(({ record, note }) => note.verdict !== 'merged' && !isTold(record, note))
  return { items: items.slice(0, SHOWN), notes: notes.slice(0, SHOWN) }
}

function useTold(session: DoorSession): Told {
  const [told, setTold] = useState<Told>({ items: [], notes: [] })
  const version = changed.value
  const records = session.stored.value
  useEffect(() => {
    let isHere = true
    void read(records).then((found) => isHere && setTold(found))
    return () => {
      isHere = false
    }
  }, [records, version])
  return told
}

function whose(record: LocalRecord, door: Door): string {
  if (record.kind === 'member') return personName(record, door)
  return record.kind === 'family' ? familyName(record, door) : doorName(door)
}

function itemWords(record: LocalRecord, item: InboxItem, door: Door): string {
  const field = item.field === null ? undefined : door.form.field(record.kind, item.field)
  if (item.type !== 'conflict') return word(`inbox.${item.type}`) ?? t('note.other')
  const said = (key: string): string =>
    (field && door.form.said(field, item.details[key], t('ask.yes'), t('ask.no'))) || t('note.empty')
  const by = (key: string): string => (typeof item.details[key] === 'string' ? item.details[key] : t('note.somebody'))
  const question = field?.label ?? word(`key.${item.field}`) ?? t('note.answer')
  return t('note.conflict', { question, kept: said('kept'), keptBy: by('kept_by'), lost: said('lost'), lostBy: by('lost_by') })
}

export function DoorNotes({ session }: { session: DoorSession }) {
  const { items, notes } = useTold(session)
  if (items.length + notes.length === 0) return null
  const door = session.door.value
  return (
    <Card tone="sun" title={t('note.title')}>
      <ul class="stack-small">
        {items.map(({ record, item }) => (
          <li key={item.id}>
            <b>{whose(record, door)}</b>
            <p class="small">{itemWords(record, item, door)}</p>
          </li>
        ))}
        {notes.map(({ record, note }) => (
          <li key={`${note.edit}-${record.id}-${note.field}`}>
            <b>{whose(record, door)}</b>
            <p class="small">{word(`verdict.${note.verdict}`) ?? t('note.other')}</p>
          </li>
        ))}
      </ul>
      {items.length > 0 && (
        <Button kind="plain" onClick={() => void markSeen(items.map(({ item }) => item.id))}>
          {t('note.seen')}
        </Button>
      )}
    </Card>
  )
}
