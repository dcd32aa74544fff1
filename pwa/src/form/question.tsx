/**
 * One question: its words and definition, its widget, *tidak tahu* and *tidak mau menjawab*, and soft warnings.
 *
 * Which widget an answer type gets is decided here and nowhere else. Nothing on this page ever refuses an answer or a way on.
 */
import type { ComponentType } from 'preact'
import { useState } from 'preact/hooks'
import type { LocalRecord } from '../store/types'
import { Button } from '../ui'
import { t } from '../words'
import { oddities, settledChecks } from './ask'
import { BooleanWidget, ChoicesWidget, ChoiceWidget } from './choice-widgets'
import type { Door } from './context'
import { DateWidget } from './date-widget'
import type { FormField } from './form-view'
import { DigitsWidget } from './number-widgets'
import { PeopleWidget } from './people-widget'
import { PositionWidget } from './position-widget'
import { RowsWidget } from './rows-widget'
import { isAnswered, isNonresponse } from './rules'
import { suggestion } from './suggest'
import { NumberWidget, PhoneWidget, TextWidget } from './text-widgets'
import type { WidgetProps } from './widget'

const WIDGETS: Record<string, ComponentType<WidgetProps>> = {
  text: TextWidget,
  integer: NumberWidget,
  number: NumberWidget,
  date: DateWidget,
  choice: ChoiceWidget,
  choices: ChoicesWidget,
  boolean: BooleanWidget,
  nik: DigitsWidget,
  kk: DigitsWidget,
  phone: PhoneWidget,
  position: PositionWidget,
  rows: RowsWidget,
}

/** Types whose widget is one input, so that the label belongs to it; the others are groups. */
const SINGLE = new Set(['text', 'integer', 'number', 'nik', 'kk', 'phone'])

export interface QuestionProps {
  field: FormField
  name: string
  record: LocalRecord
  door: Door
  onAnswer: (value: unknown, now?: boolean) => void
  onOther: (field: string, value: unknown) => void
  /** Asked again because its answer is older than its lifetime; `since` is the day it was given. */
  expired?: boolean
  /** Inside a line of a table: no *tidak tahu*. */
  small?: boolean
}

export function Question(props: QuestionProps) {
  const { field, name, record, small = false } = props
  const value = record.fields[field.id]
  const isGroup = !SINGLE.has(field.type) || field.widget === 'member'
  const label = (
    <>
      {field.label}
      {!field.required && !small && <span class="optional"> {t('ask.optional')}</span>}
    </>
  )
  const helpId = `${name}-help`
  const inside = (
    <>
      {field.help && (
        <p class="question-help" id={helpId}>
          {field.help}
        </p>
      )}
      <Body {...props} value={value} />
    </>
  )
  if (isGroup) {
    return (
      <div
        class={`question${small ? ' question-small' : ''}`}
        id={`q-${name}`}
        role="group"
        aria-labelledby={`${name}-label`}
        aria-describedby={field.help ? helpId : undefined}
      >
        <p class="question-label" id={`${name}-label`}>
          {label}
        </p>
        {inside}
      </div>
    )
  }
  return (
    <div class={`question${small ? ' question-small' : ''}`} id={`q-${name}`}>
      <label class="question-label" for={name}>
        {label}
      </label>
      {inside}
    </div>
  )
}

/** The keyboard's "next": to the following box of the same question, else the keyboard closes so that the choices below can be seen. */
function advance(event: KeyboardEvent): void {
  const box = event.target
  if (event.key !== 'Enter' || !(box instanceof HTMLInputElement) || !box.classList.contains('input')) return
  event.preventDefault()
  const boxes = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLInputElement>('input.input')]
  const next = boxes[boxes.indexOf(box) + 1]
  if (next) next.focus()
  else box.blur()
}

function Body(props: QuestionProps & { value: unknown }) {
  const { field, name, record, door, value, small = false, expired = false } = props
  const Widget = field.widget === 'member' ? PeopleWidget : (WIDGETS[field.type] ?? TextWidget)
  const offer = small ? null : suggestion(field, record, door)
  return (
    <div class="question-body" onKeyDown={advance}>
      {expired && (
        <p class="offer">
          <span>{t('ask.expired', { answer: door.form.said(field, value, t('ask.yes'), t('ask.no')) })}</span>
          <Button onClick={() => props.onAnswer(value)}>{t('ask.still')}</Button>
        </p>
      )}
      <Widget
        field={field}
        name={name}
        value={isNonresponse(value) ? null : value}
        offered={offer?.value ?? null}
        why={offer ? t(offer.why) : ''}
        record={record}
        door={door}
        onAnswer={props.onAnswer}
        onOther={props.onOther}
      />
      <Warnings {...props} />
      {!small && field.widget !== 'remark' && <Nonresponse {...props} />}
    </div>
  )
}

/** Soft checks: each asks once, and is quiet after "benar, memang begitu", which is kept with the record. */
function Warnings({ field, record, door, onOther }: QuestionProps) {
  const odd = oddities(field, record, door)
  if (odd.length === 0) return null
  const kept = door.form.role(record.kind, 'confirmed')
  const settled = settledChecks(record, door)
  return (
    <div class="warning" role="alert">
      {odd.map((check) => (
        <p key={check.id}>{check.message}</p>
      ))}
      {kept && <Button onClick={() => onOther(kept, [...settled, ...odd.map((check) => check.id)])}>{t('ask.sure')}</Button>}
    </div>
  )
}

/** Hidden behind one quiet line, because most questions are answered; open when the answer is one of the two. */
function Nonresponse({ field, name, record, door, onAnswer }: QuestionProps) {
  const value = record.fields[field.id]
  const [open, setOpen] = useState(false)
  if (!open && !isNonresponse(value)) {
    return isAnswered(value) ? null : (
      <button type="button" class="quiet-button" onClick={() => setOpen(true)}>
        {t('ask.cannot')}
      </button>
    )
  }
  return (
    <div class="nonresponse" role="group" aria-label={t('ask.cannot')}>
      {door.form.nonresponse.map((choice) => (
        <label key={choice.value}>
          <input
            type="checkbox"
            name={`${name}-none`}
            checked={value === choice.value}
            onChange={() => onAnswer(value === choice.value ? null : choice.value)}
          />
          {choice.label}
        </label>
      ))}
    </div>
  )
}
