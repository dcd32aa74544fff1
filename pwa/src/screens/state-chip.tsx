/** How a door stands, in one or two words. */
import type { JSX } from 'preact'
import { Chip, type ChipTone } from '../ui'
import { t, word } from '../words'
import type { DoorLine } from './doors'

const TONES: Record<DoorLine['state'], ChipTone> = { belum: 'work', kurang: 'work', lama: 'old', selesai: 'done' }

function chipWords(line: DoorLine): string {
  const { status, state } = line
  if (status.waitsForDesa) return t('door.state.waits')
  if (state === 'kurang' && !status.known) return word(`outcome.${status.outcome}`) ?? t('door.state.kurang')
  if (state === 'kurang' && status.missing.length > 0) return t('door.state.missing', { count: status.missing.length })
  return t(`door.state.${state}`)
}

/** The chip of a door in a list. */
export function StateChip({ line }: { line: DoorLine }): JSX.Element {
  if (line.hasDraft) return <Chip tone="work">{t('door.state.draft')}</Chip>
  return <Chip tone={line.status.waitsForDesa ? 'quiet' : TONES[line.state]}>{chipWords(line)}</Chip>
}
