/** What every widget is given: the question, its answer, what may be offered, and where a new answer goes. */
import type { LocalRecord } from '../store/types'
import type { Door } from './context'
import type { FormField } from './form-view'

export interface WidgetProps {
  field: FormField
  /** Id of the page element the label points at. */
  name: string
  value: unknown
  /** Shown as unconfirmed until tapped; null for none. */
  offered: unknown
  /** Why it is offered, in words; empty for no offer. */
  why: string
  record: LocalRecord
  door: Door
  /** `now` writes at once; otherwise a moment later, while somebody is typing. Null clears. */
  onAnswer: (value: unknown, now?: boolean) => void
  /** A further answer of the same record that follows from this one. */
  onOther: (field: string, value: unknown) => void
}
