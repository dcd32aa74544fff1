/** Where "Lanjut" and "Kembali" lead from one page of a visit. */
import { progress, stepsOf, visitSteps, type Step } from './ask'
import { memberPage, stepPage, visitPage } from './addresses'
import type { Door } from './context'
import type { VisitDraft } from './visit-draft'

const isSame = (a: Step, b: Step): boolean => a.record.id === b.record.id && a.section.id === b.section.id

/** The steps a page belongs to: the core pages of the visit, or the module pages of its own record. */
function line(step: Step, door: Door): Step[] {
  return step.section.module === null
    ? visitSteps(door)
    : stepsOf(step.record, door).filter((other) => other.section.module !== null)
}

export interface Walk {
  /** Place of the page in its line, from 1; 0 where it is in none. */
  at: number
  of: number
  /** The hash of the page after it. */
  next: string
}

/** Where a page stands and what follows it: the next page of its line with something missing (or simply the next), then the list of the visit. */
export function walkFrom(step: Step, door: Door, draft: VisitDraft | null): Walk {
  const steps = line(step, door)
  const at = steps.findIndex((other) => isSame(other, step))
  const isModule = step.section.module !== null
  const isOpen = (other: Step): boolean => progress(other.section, other.record, door).state !== 'full'
  const next = steps.slice(at + 1).find((other) => isModule || draft?.walksAll || isOpen(other))
  const household = door.household?.id ?? ''
  const end = isModule && step.kind === 'member' ? memberPage(household, step.record.id) : visitPage(household)
  return { at: at + 1, of: steps.length, next: next ? stepPage(household, next) : end }
}

/** The first page with something missing; null when nothing is. */
export function firstGap(door: Door): Step | null {
  return visitSteps(door).find((step) => progress(step.section, step.record, door).missing > 0) ?? null
}
