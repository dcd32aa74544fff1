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

/** Place of a page in its line, from 1, and how long the line is. */
export function placeOf(step: Step, door: Door): { at: number; of: number } {
  const steps = line(step, door)
  return { at: steps.findIndex((other) => isSame(other, step)) + 1, of: steps.length }
}

/** The hash after a page: the next page of its line that still has something missing (or simply the next), then the list of the visit. */
export function nextPage(step: Step, door: Door, draft: VisitDraft | null): string {
  const steps = line(step, door)
  const at = steps.findIndex((other) => isSame(other, step))
  const rest = steps.slice(at + 1)
  const next =
    draft?.walksAll || step.section.module !== null
      ? rest[0]
      : rest.find((other) => progress(other.section, other.record, door).state !== 'full')
  if (next) return stepPage(door.household?.id ?? '', next)
  return step.section.module === null || step.kind !== 'member'
    ? visitPage(door.household?.id ?? '')
    : memberPage(door.household?.id ?? '', step.record.id)
}

/** The first page with something missing; null when nothing is. */
export function firstGap(door: Door): Step | null {
  return visitSteps(door).find((step) => progress(step.section, step.record, door).missing > 0) ?? null
}
