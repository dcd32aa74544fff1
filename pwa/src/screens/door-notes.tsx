/** What became of earlier saves at this door that the kader should know: answers that lost against another's, and what waits. */
import { useEffect, useState } from 'preact/hooks'
import type { Door } from '../form/context'
import { doorName, familyName, personName } from '../form/people'
import type { DoorSession } from '../form/session'
import { changed } from '../store/live'
import { notesOf } from '../store/index'
import type { LocalRecord, Note } from '../store/types'
import { Card } from '../ui'
import { t, word } from '../words'

interface Told {
  record: LocalRecord
  note: Note
}

const SHOWN = 5

function useNotes(session: DoorSession): Told[] {
  const [told, setTold] = useState<Told[]>([])
  const version = changed.value
  useEffect(() => {
    let isHere = true
    const read = async () => {
      const lists = await Promise.all(
        session.stored.value.map(async (record) => (await notesOf(record.id)).map((note) => ({ record, note }))),
      )
      const all = lists.flat().sort((a, b) => (a.note.at < b.note.at ? 1 : -1))
      if (isHere) setTold(all.slice(0, SHOWN))
    }
    void read()
    return () => {
      isHere = false
    }
  }, [session, version])
  return told
}

function whose(record: LocalRecord, door: Door): string {
  if (record.kind === 'member') return personName(record, door)
  return record.kind === 'family' ? familyName(record, door) : doorName(door)
}

function sentence({ record, note }: Told, door: Door): string {
  const field = note.field === null ? undefined : door.form.field(record.kind, note.field)
  if (!field || note.verdict !== 'merged') return word(`verdict.${note.verdict}`) ?? t('note.other')
  const said = (value: unknown): string => door.form.said(field, value, t('ask.yes'), t('ask.no')) || t('note.empty')
  return t('note.lost', { question: field.label, kept: said(note.kept), lost: said(note.lost) })
}

export function DoorNotes({ session }: { session: DoorSession }) {
  const told = useNotes(session)
  if (told.length === 0) return null
  const door = session.door.value
  return (
    <Card tone="sun" title={t('note.title')}>
      <ul class="stack-small">
        {told.map((one, index) => (
          <li key={index}>
            <b>{whose(one.record, door)}</b>
            <p class="small">{sentence(one, door)}</p>
          </li>
        ))}
      </ul>
    </Card>
  )
}
