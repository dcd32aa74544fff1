/**
 * NIK and family card number: sixteen digits, shown in fours, with what they tell.
 *
 * Fewer digits are not stored, and while they are typed the old answer stays. A NIK offers the birth date and the sex in its digits where these are unanswered; where they differ, the
 * form's own soft checks say so.
 */
import { t } from '../words'
import { Button } from '../ui'
import { spoken } from './dates'
import { grouped, isSixteenDigits, nikFacts } from './nik'
import { isAnswered } from './rules'
import { useTyped } from './text-widgets'
import type { WidgetProps } from './widget'

export function DigitsWidget(props: WidgetProps) {
  const { field, name, value, onAnswer } = props
  const [text, setText] = useTyped(value, name)
  const clean = text.replace(/\D/g, '')
  const send = (next: string, now: boolean) => {
    const only = next.replace(/\D/g, '').slice(0, 16)
    setText(only)
    if (isSixteenDigits(only)) onAnswer(only, now)
    else if (only === '' && isAnswered(value)) onAnswer(null, now)
  }
  return (
    <>
      <input
        id={name}
        class="input input-digits"
        type="text"
        inputMode="numeric"
        autocomplete="off"
        enterkeyhint="next"
        maxLength={19}
        placeholder="0000 0000 0000 0000"
        value={grouped(clean)}
        onInput={(event) => send(event.currentTarget.value, false)}
        onChange={(event) => send(event.currentTarget.value, true)}
      />
      {clean !== '' && clean.length < 16 && <p class="question-note">{t('ask.digits', { count: clean.length })}</p>}
      {field.type === 'nik' && <NikOffer {...props} />}
    </>
  )
}

function NikOffer({ value, record, door, onOther }: WidgetProps) {
  const facts = typeof value === 'string' ? nikFacts(value, door.asOf) : null
  if (!facts) return null
  const form = door.form
  const [born, sex, precision] = [form.role('member', 'born'), form.role('member', 'sex'), form.role('member', 'born_precision')]
  const sexValue = form.valueOf('member', 'sex', facts.sex === 'P' ? 'female' : 'male')
  const said = { born: spoken(facts.born), sex: t(facts.sex === 'P' ? 'ask.female' : 'ask.male') }
  const isBornOpen = !isAnswered(record.fields[born])
  const isSexOpen = !isAnswered(record.fields[sex])
  if (isBornOpen || isSexOpen) {
    const take = () => {
      if (isBornOpen) {
        onOther(born, facts.born)
        onOther(precision, form.valueOf('member', 'born_precision', 'exact'))
      }
      if (isSexOpen) onOther(sex, sexValue)
    }
    return (
      <div class="offer">
        <span>{t('ask.nik-says', said)}</span>
        <Button onClick={take}>{t('ask.use')}</Button>
      </div>
    )
  }
  return null
}
