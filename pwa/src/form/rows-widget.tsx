/** Repeated lines, such as what grows in the yard: each line is a small card with its own few questions and an id of its own. */
import { newId } from '../store/index'
import { Button } from '../ui'
import { t } from '../words'
import { Question } from './question'
import type { FormField } from './form-view'
import type { WidgetProps } from './widget'

type Line = Record<string, unknown> & { row: string }

const linesOf = (value: unknown): Line[] => (Array.isArray(value) ? (value as Line[]) : [])

/** A line is begun with the one category that is chosen elsewhere, so that there is less to tap. */
export function RowsWidget(props: WidgetProps) {
  const { field, name, value, record, door, onAnswer } = props
  const lines = linesOf(value)
  const put = (row: string, key: string, answer: unknown, now: boolean) =>
    onAnswer(
      lines.map((line) => {
        if (line.row !== row) return line
        const next: Line = { ...line, [key]: answer }
        if (answer === null) delete next[key]
        return next
      }),
      now,
    )
  const drop = (row: string) => {
    const rest = lines.filter((line) => line.row !== row)
    onAnswer(rest.length > 0 ? rest : null)
  }
  return (
    <div class="rows">
      {lines.map((line, index) => (
        <fieldset key={line.row} class="rows-item stack">
          <legend class="hide">{t('ask.line', { number: index + 1 })}</legend>
          {(field.columns ?? []).map((column) => (
            <Question
              key={column.id}
              field={asQuestion(column)}
              name={`${name}-${line.row}-${column.id}`}
              record={{ ...record, fields: line }}
              door={door}
              small
              onAnswer={(answer, now = true) => put(line.row, column.id, answer, now)}
              onOther={() => undefined}
            />
          ))}
          <Button kind="plain" onClick={() => drop(line.row)}>
            {t('ask.drop-line')}
          </Button>
        </fieldset>
      ))}
      <Button icon="plus" wide onClick={() => onAnswer([...lines, { row: newId() }])}>
        {t('ask.add-line')}
      </Button>
    </div>
  )
}

/** A column is asked without rule and without help. */
const asQuestion = (column: FormField): FormField => ({ ...column, help: '', show_if: null })
