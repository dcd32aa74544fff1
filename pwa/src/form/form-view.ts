/**
 * The form as the screens ask it: sections, fields, choices, roles. Nothing here knows a question by its name.
 *
 * Wraps the JSON of `GET /api/form`. A role ("the field that is the name") is looked up per kind; a meaning ("the values that say female")
 * per `kind.role`.
 */
import type { FormJson, Kind } from '../store/types'
import { isAnswered, type Rule } from './rules'

export interface FormChoice {
  value: string
  label: string
  group?: string
  exclusive?: boolean
}

export interface FormGroup {
  value: string
  label: string
  choices: string[]
  /** Ask for the finer choice at once. */
  ask: boolean
}

export interface FormCheck {
  id: string
  level: string
  rule: Rule
  message: string
}

export interface FormField {
  id: string
  type: string
  label: string
  help: string
  required: boolean
  choices: FormChoice[]
  groups?: FormGroup[]
  columns?: FormField[]
  checks?: FormCheck[]
  valid_days: number | null
  show_if: Rule | null
  default?: { value?: unknown; from?: string }
  min?: number | string
  max?: number | string
  widget?: string
  /** Id of the field that says how exact a date is. */
  precision?: string
}

export interface FormSection {
  id: string
  title: string
  module: string | null
  /** "roster": asked for all members first. */
  pass?: string
  fields: FormField[]
}

interface Shape {
  kinds: Record<
    string,
    { title: string; structure: Record<string, { choices?: FormChoice[] }>; sections: FormSection[] } | undefined
  >
  complete: Kind[]
  nonresponse: { fraction: number; choices: FormChoice[] }
  roles: Record<string, Record<string, string> | undefined>
  meanings: Record<string, Record<string, string[]> | undefined>
  settings: Record<string, unknown>
  populations?: Record<string, Rule>
  modules: { id: string; title: string; office?: boolean }[]
}

export class FormView {
  readonly version: string
  private readonly shape: Shape
  private readonly byKind = new Map<string, Map<string, FormField>>()

  constructor(json: FormJson) {
    this.version = json.version
    this.shape = json as unknown as Shape
    for (const [kind, value] of Object.entries(this.shape.kinds)) {
      const fields = value?.sections.flatMap((section) => section.fields) ?? []
      this.byKind.set(kind, new Map(fields.map((field) => [field.id, field])))
    }
  }

  get settings(): Record<string, unknown> {
    return this.shape.settings
  }

  /** The rule of who belongs to a population, such as `living`; without one everybody does. */
  population(name: string): Rule {
    return this.shape.populations?.[name] ?? true
  }

  /** The kinds whose required questions make a door complete. */
  get completeKinds(): readonly Kind[] {
    return this.shape.complete
  }

  /** *Tidak tahu* and *tidak mau menjawab*, with their labels. */
  get nonresponse(): readonly FormChoice[] {
    return this.shape.nonresponse.choices
  }

  /** The largest share of required answers that may be marked so. */
  get nonresponseShare(): number {
    return this.shape.nonresponse.fraction
  }

  /** Sections a kader is asked, in order; those of office-only modules are left out. */
  sections(kind: Kind): FormSection[] {
    const office = new Set(this.shape.modules.filter((item) => item.office).map((item) => item.id))
    const all = this.shape.kinds[kind]?.sections ?? []
    return all.filter((section) => section.module === null || !office.has(section.module))
  }

  section(kind: Kind, id: string): FormSection | undefined {
    return this.sections(kind).find((section) => section.id === id)
  }

  field(kind: Kind, id: string): FormField | undefined {
    return this.byKind.get(kind)?.get(id)
  }

  hasLifetime(kind: Kind, id: string): boolean {
    return typeof this.field(kind, id)?.valid_days === 'number'
  }

  /** The id of the field that plays a role; empty where this form has none, which matches no answer. */
  role(kind: Kind, role: string): string {
    return this.shape.roles[kind]?.[role] ?? ''
  }

  /** Whether a value is one of those with a meaning code relies on. */
  means(kind: Kind, role: string, meaning: string, value: unknown): boolean {
    return typeof value === 'string' && (this.shape.meanings[`${kind}.${role}`]?.[meaning] ?? []).includes(value)
  }

  /** The first value with a meaning. */
  valueOf(kind: Kind, role: string, meaning: string): string {
    return this.shape.meanings[`${kind}.${role}`]?.[meaning]?.[0] ?? ''
  }

  /** Choices of a structural key such as the outcome of a visit or the type of an event. */
  structureChoices(kind: Kind, key: string): FormChoice[] {
    return this.shape.kinds[kind]?.structure[key]?.choices ?? []
  }

  /** The label of a structural value, or the value itself. */
  structureLabel(kind: Kind, key: string, value: string): string {
    return this.structureChoices(kind, key).find((choice) => choice.value === value)?.label ?? value
  }

  /** An answer in words, as one line. Empty for none. */
  said(field: FormField, value: unknown, yes: string, no: string): string {
    if (!isAnswered(value)) return ''
    if (value === true) return yes
    if (value === false) return no
    if (Array.isArray(value)) return value.map((item) => this.said(field, item, yes, no)).join(', ')
    if (typeof value === 'object') return ''
    const text = String(value)
    const named = [...field.choices, ...(field.groups ?? []), ...this.nonresponse].find((item) => item.value === text)
    return named?.label ?? text
  }
}
