/** One of the people behind this door, or the name of somebody who is not listed here. */
import { t } from '../words'
import { mothers } from './life-events'
import { Option } from './choice-widgets'
import { nameOf } from './suggest'
import { TextWidget } from './text-widgets'
import type { WidgetProps } from './widget'

export function PeopleWidget(props: WidgetProps) {
  const { field, name, value, offered, record, door, onAnswer } = props
  const isMother = record.kind === 'event' && field.id === door.form.role('event', 'mother')
  const people = (isMother ? mothers(door) : door.members).filter((member) => member.id !== record.fields['member'])
  const isListed = people.some((person) => person.id === value)
  return (
    <div class="stack">
      <div class="choices">
        {people.map((person) => (
          <Option
            key={person.id}
            type="radio"
            name={`${name}-person`}
            label={nameOf(person, door) || t('door.no-name')}
            checked={value === person.id}
            offered={offered === person.id}
            onPick={() => onAnswer(person.id)}
          />
        ))}
      </div>
      <label class="question-note" for={name}>
        {t('ask.other-person')}
      </label>
      <TextWidget {...props} value={isListed ? null : value} offered={null} />
    </div>
  )
}
