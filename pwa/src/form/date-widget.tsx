/**
 * A date as three boxes. A birth date may be an estimate: month and year, or the year alone, or the age.
 *
 * A field with `precision` stores the whole day in itself and how exact it is in that other field: a year stands for its 1 July, a month for
 * its 15th. Only a date that exists is stored; while one is half typed, the old answer stays.
 */
import { useEffect, useState } from 'preact/hooks'
import { t } from '../words'
import { daysIn, joinParts, parts } from './dates'
import { Option } from './choice-widgets'
import type { WidgetProps } from './widget'

type Precision = 'exact' | 'month' | 'year'
/** `widget` of a date that must not keep its old value while a new one is half typed. */
export const STRICT = 'strict'
const PRECISIONS: readonly Precision[] = ['exact', 'month', 'year']
const digits = (text: string, most: number): string => text.replace(/\D/g, '').slice(0, most)

interface Typed {
  day: string
  month: string
  year: string
}

const typed = (value: unknown): Typed => {
  const found = parts(value)
  return found
    ? { day: String(found.day ?? ''), month: String(found.month ?? ''), year: String(found.year) }
    : { day: '', month: '', year: '' }
}

/** The stored text of what was typed, null while it is unfinished or no date. */
export function dateOf({ day, month, year }: Typed, precision: Precision): string | null {
  if (year.length !== 4) return null
  if (precision === 'year') return joinParts(Number(year), 7, 1)
  const m = Number(month)
  if (m < 1 || m > 12) return null
  if (precision === 'month') return joinParts(Number(year), m, 15)
  const d = Number(day)
  return d >= 1 && d <= daysIn(Number(year), m) ? joinParts(Number(year), m, d) : null
}

/** Which of the three a stored answer is; exact where the field knows no estimates. */
function precisionOf({ field, record, door }: WidgetProps): Precision {
  const stored = field.precision === undefined ? undefined : record.fields[field.precision]
  return PRECISIONS.find((one) => door.form.means(record.kind, 'born_precision', one, stored)) ?? 'exact'
}

export function DateWidget(props: WidgetProps) {
  const { field, name, value, record, door, onAnswer, onOther } = props
  const meant = precisionOf(props)
  const [precision, setPrecision] = useState<Precision>(meant)
  const [boxes, setBoxes] = useState<Typed>(typed(value))
  useEffect(() => {
    if (parts(value) && dateOf(boxes, precision) !== value) {
      setBoxes(typed(value))
      setPrecision(meant)
    }
  }, [value])

  const send = (next: Typed, how: Precision) => {
    setBoxes(next)
    setPrecision(how)
    const date = dateOf(next, how)
    const isHalf = date === null && Object.values(next).some((text) => text !== '')
    if ((isHalf && field.widget !== STRICT) || (date === (value ?? null) && how === meant)) return
    onAnswer(date, date !== null)
    if (field.precision !== undefined)
      onOther(field.precision, date === null ? null : door.form.valueOf(record.kind, 'born_precision', how))
  }
  const isFull =
    boxes.year.length === 4 && (precision === 'year' || boxes.month !== '') && (precision !== 'exact' || boxes.day !== '')
  return (
    <>
      <Boxes name={name} boxes={boxes} precision={precision} today={door.asOf} onType={(next) => send(next, precision)} />
      {isFull && dateOf(boxes, precision) === null && <p class="warning">{t('ask.no-such-date')}</p>}
      {field.precision !== undefined && (
        <div class="segments" role="radiogroup" aria-label={t('ask.precision')}>
          {PRECISIONS.map((one) => (
            <Option
              key={one}
              type="radio"
              name={`${name}-precision`}
              label={t(`ask.precision-${one}`)}
              checked={precision === one}
              offered={false}
              onPick={() => send(boxes, one)}
            />
          ))}
        </div>
      )}
    </>
  )
}

interface BoxesProps {
  name: string
  boxes: Typed
  precision: Precision
  today: string
  onType: (next: Typed) => void
}

/** As many boxes as are known of the date, and the age where only the year is asked. */
function Boxes({ name, boxes, precision, today, onType }: BoxesProps) {
  const first: keyof Typed = precision === 'exact' ? 'day' : precision
  const age = (text: string) => {
    const years = Number(digits(text, 3))
    if (years > 0) onType({ ...boxes, year: String(Number(today.slice(0, 4)) - years) })
  }
  const box = (key: keyof Typed, label: string, most: number) => (
    <NumberBox
      id={key === first ? name : undefined}
      label={label}
      value={boxes[key]}
      onType={(text) => onType({ ...boxes, [key]: digits(text, most) })}
    />
  )
  return (
    <div class={`date-boxes date-${precision}`}>
      {precision === 'exact' && box('day', t('ask.day'), 2)}
      {precision !== 'year' && box('month', t('ask.month'), 2)}
      {box('year', t('ask.year'), 4)}
      {precision === 'year' && <NumberBox label={t('ask.or-age')} onType={age} />}
    </div>
  )
}

function NumberBox({ id, label, value, onType }: { id?: string; label: string; value?: string; onType: (text: string) => void }) {
  return (
    <label>
      <span>{label}</span>
      <input
        id={id}
        class="input input-digits"
        type="text"
        inputMode="numeric"
        autocomplete="off"
        enterkeyhint="next"
        value={value}
        onInput={(event) => onType(event.currentTarget.value)}
      />
    </label>
  )
}
