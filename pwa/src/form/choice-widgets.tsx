/**
 * Choices as large rows: one of several, several of several, yes or no.
 *
 * Where the form groups finer choices, the kader picks a group; a finer value already known inside that group is kept. A group of one
 * stores its only choice; a group that asks shows its finer choices at once.
 */
import { t } from '../words'
import type { FormChoice, FormField, FormGroup } from './form-view'
import type { WidgetProps } from './widget'

/** Rows stand side by side where every label is short, so that a page needs less scrolling. */
function columns(labels: string[]): string {
  const longest = Math.max(...labels.map((label) => label.length))
  if (longest <= 7) return 'choices choices-pair'
  return longest <= 11 ? 'choices choices-wide' : 'choices'
}

interface OptionProps {
  type: 'radio' | 'checkbox'
  name: string
  label: string
  small?: string
  checked: boolean
  offered: boolean
  onPick: () => void
}

/** One row; an offered one has a dashed border and is not checked. */
export function Option({ type, name, label, small, checked, offered, onPick }: OptionProps) {
  return (
    <label class={`choice${offered ? ' choice-unconfirmed' : ''}`}>
      <input type={type} name={name} checked={checked} onChange={onPick} />
      <span>
        {label}
        {small && <small>{small}</small>}
      </span>
    </label>
  )
}

/** The group a stored value belongs to, or is. */
export const groupOf = (field: FormField, value: unknown): FormGroup | undefined =>
  field.groups?.find((group) => group.value === value || (typeof value === 'string' && group.choices.includes(value)))

export function ChoiceWidget(props: WidgetProps) {
  const { field, name, value, offered, why, onAnswer } = props
  if (field.groups && field.groups.length > 0) return <GroupedChoice {...props} groups={field.groups} />
  return (
    <div class={columns(field.choices.map((choice) => choice.label))}>
      {field.choices.map((choice) => (
        <Option
          key={choice.value}
          type="radio"
          name={name}
          label={choice.label}
          small={offered === choice.value ? why : undefined}
          checked={value === choice.value}
          offered={offered === choice.value}
          onPick={() => onAnswer(choice.value)}
        />
      ))}
    </div>
  )
}

function GroupedChoice({ field, name, value, offered, why, onAnswer, groups }: WidgetProps & { groups: FormGroup[] }) {
  const chosen = groupOf(field, value)
  const likely = groupOf(field, offered)
  const finer = (group: FormGroup): FormChoice[] => field.choices.filter((choice) => group.choices.includes(choice.value))
  const pick = (group: FormGroup) => {
    if (chosen?.value === group.value && value !== group.value) return
    onAnswer(group.choices.length === 1 ? group.choices[0] : group.value)
  }
  return (
    <div class={groups.some((group) => group.ask) ? 'choices' : columns(groups.map((group) => group.label))}>
      {groups.map((group) => {
        const isChosen = chosen?.value === group.value
        const known =
          isChosen && !group.ask && group.choices.length > 1
            ? finer(group).find((choice) => choice.value === value)?.label
            : undefined
        return (
          <>
            <Option
              key={group.value}
              type="radio"
              name={name}
              label={group.label}
              small={likely?.value === group.value ? why : known}
              checked={isChosen}
              offered={likely?.value === group.value}
              onPick={() => pick(group)}
            />
            {isChosen && group.ask && (
              <div class="finer choices" role="group" aria-label={group.label}>
                {finer(group).map((choice) => (
                  <Option
                    key={choice.value}
                    type="radio"
                    name={`${name}-finer`}
                    label={choice.label}
                    checked={value === choice.value}
                    offered={false}
                    onPick={() => onAnswer(choice.value)}
                  />
                ))}
              </div>
            )}
          </>
        )
      })}
    </div>
  )
}

export function ChoicesWidget({ field, name, value, offered, why, onAnswer }: WidgetProps) {
  const chosen = Array.isArray(value) ? (value as string[]) : []
  const likely = Array.isArray(offered) ? (offered as string[]) : []
  const alone = new Set(field.choices.filter((choice) => choice.exclusive).map((choice) => choice.value))
  const toggle = (choice: FormChoice) => {
    const rest = chosen.filter((other) => other !== choice.value)
    if (rest.length < chosen.length) return onAnswer(rest.length > 0 ? rest : null)
    onAnswer(choice.exclusive ? [choice.value] : [...rest.filter((other) => !alone.has(other)), choice.value])
  }
  return (
    <div class={columns(field.choices.map((choice) => choice.label))}>
      {field.choices.map((choice) => (
        <Option
          key={choice.value}
          type="checkbox"
          name={name}
          label={choice.label}
          small={likely.includes(choice.value) ? why : undefined}
          checked={chosen.includes(choice.value)}
          offered={likely.includes(choice.value)}
          onPick={() => toggle(choice)}
        />
      ))}
    </div>
  )
}

export function BooleanWidget({ name, value, offered, why, onAnswer }: WidgetProps) {
  return (
    <div class="choices choices-pair">
      {[true, false].map((answer) => (
        <Option
          key={String(answer)}
          type="radio"
          name={name}
          label={answer ? t('ask.yes') : t('ask.no')}
          small={offered === answer ? why : undefined}
          checked={value === answer}
          offered={offered === answer}
          onPick={() => onAnswer(answer)}
        />
      ))}
    </div>
  )
}
