/** One door in a list: who lives there on the first line, how it stands and where it is below; the whole line is the target. */
import type { JSX } from 'preact'
import { Icon } from '../ui'
import { t } from '../words'
import type { DoorLine } from './doors'
import { StateChip } from './state-chip'

function details(line: DoorLine): string {
  const people = line.countPeople > 0 ? t('list.people', { count: line.countPeople }) : ''
  return [line.place, people, line.isUnsent ? t('list.onPhone') : ''].filter((part) => part !== '').join(' · ')
}

/** The line of a door, leading to its page. */
export function DoorRow({ line }: { line: DoorLine }): JSX.Element {
  return (
    <a class="row door-row" href={`#/rumah/${line.id}`}>
      <span class="row-text">
        <span class="row-title">{line.name || t('list.noName')}</span>
        <span class="door-details">
          <StateChip line={line} />
          <span class="row-sub">{details(line)}</span>
        </span>
      </span>
      <Icon name="next" class="row-go" />
    </a>
  )
}
