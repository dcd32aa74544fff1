/** Typed answers: text, numbers, telephone. The keyboard fits the answer; nothing jumps by itself. */
import { useEffect, useState } from 'preact/hooks'
import { t } from '../words'
import type { WidgetProps } from './widget'
import { isNonresponse } from './rules'

const asText = (value: unknown): string => (value === null || value === undefined || isNonresponse(value) ? '' : String(value))

/**
 * Text in a box while it is typed. It follows the stored answer only while the box is left alone: what somebody is typing is always newer
 * than what comes back from the store.
 */
export function useTyped(value: unknown, name: string): [string, (text: string) => void] {
  const [text, setText] = useState(asText(value))
  useEffect(() => {
    if (document.activeElement?.id !== name) setText(asText(value))
  }, [value, name])
  return [text, setText]
}

export function TextWidget({ name, value, offered, why, onAnswer }: WidgetProps) {
  const [text, setText] = useTyped(value, name)
  const send = (next: string, now: boolean) => onAnswer(next.trim() === '' ? null : next.trim(), now)
  const take = (answer: string) => {
    setText(answer)
    onAnswer(answer)
  }
  return (
    <>
      <input
        id={name}
        class="input"
        type="text"
        autocomplete="off"
        autocapitalize="words"
        enterkeyhint="next"
        maxLength={500}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value)
          send(event.currentTarget.value, false)
        }}
        onChange={(event) => send(event.currentTarget.value, true)}
      />
      {typeof offered === 'string' && text === '' && (
        <button type="button" class="choice choice-unconfirmed offer-text" onClick={() => take(offered)}>
          <span>
            {offered}
            <small>{why}</small>
          </span>
        </button>
      )}
    </>
  )
}

const toNumber = (text: string, whole: boolean): number | null => {
  const clean = text.trim().replace(',', '.')
  if (!/^\d+(\.\d+)?$/.test(clean)) return null
  const found = Number(clean)
  return whole && !Number.isInteger(found) ? null : found
}

/** Whole and broken numbers; a stepper where the form asks for one. */
export function NumberWidget({ field, name, value, offered, why, onAnswer }: WidgetProps) {
  const whole = field.type === 'integer'
  const [text, setText] = useTyped(value, name)
  const number = toNumber(text, whole)
  const min = typeof field.min === 'number' ? field.min : 0
  const max = typeof field.max === 'number' ? field.max : Number.MAX_SAFE_INTEGER
  const isWrong = text !== '' && (number === null || number < min || number > max)
  const send = (next: string, now: boolean) => {
    const found = toNumber(next, whole)
    onAnswer(found === null || found < min || found > max ? null : found, now)
  }
  const step = (by: number) => {
    const from = number ?? (typeof offered === 'number' ? offered - by : min - by)
    const next = Math.min(max, Math.max(min, from + by))
    setText(String(next))
    onAnswer(next)
  }
  const input = (
    <input
      id={name}
      class={`input input-digits${number === null && offered !== null ? ' input-unconfirmed' : ''}`}
      type="text"
      inputMode={whole ? 'numeric' : 'decimal'}
      autocomplete="off"
      enterkeyhint="next"
      placeholder={offered === null ? '' : String(offered)}
      value={text}
      onInput={(event) => {
        setText(event.currentTarget.value)
        send(event.currentTarget.value, false)
      }}
      onChange={(event) => send(event.currentTarget.value, true)}
    />
  )
  return (
    <>
      {field.widget === 'stepper' ? (
        <div class="stepper">
          <button type="button" class="button button-tonal" aria-label={t('ask.less')} onClick={() => step(-1)}>
            −
          </button>
          {input}
          <button type="button" class="button button-tonal" aria-label={t('ask.more')} onClick={() => step(1)}>
            +
          </button>
          {typeof offered === 'number' && text === '' && (
            <button type="button" class="choice choice-unconfirmed" onClick={() => step(0)}>
              <span>
                {offered}
                <small>{why}</small>
              </span>
            </button>
          )}
        </div>
      ) : (
        input
      )}
      {isWrong && <p class="warning">{number === null ? t('ask.not-number') : t('ask.number-range', { min, max })}</p>}
    </>
  )
}

export function PhoneWidget({ name, value, onAnswer }: WidgetProps) {
  const [text, setText] = useTyped(value, name)
  const send = (next: string, now: boolean) => {
    const clean = next.replace(/[^\d+]/g, '')
    onAnswer(clean === '' ? null : clean, now)
  }
  return (
    <input
      id={name}
      class="input input-digits"
      type="tel"
      inputMode="tel"
      autocomplete="off"
      enterkeyhint="next"
      value={text}
      onInput={(event) => {
        setText(event.currentTarget.value)
        send(event.currentTarget.value, false)
      }}
      onChange={(event) => send(event.currentTarget.value, true)}
    />
  )
}
