/** For tests: the form as the phone gets it, put together from its definition files, and records of a door. */
import { readFileSync } from 'node:fs'
import type { FormJson, Kind, LocalRecord } from '../store/types'
import type { FormField } from './form-view'

const folder = new URL('../../../models/form/2026.1/', import.meta.url)
const json = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, unknown>

const lists = json('lists.json') as Record<string, FormField['choices']>

function field(raw: Record<string, unknown>): Record<string, unknown> {
  const choices = typeof raw['choices'] === 'string' ? lists[raw['choices']] : raw['choices']
  return { help: '', required: false, valid_days: null, show_if: null, ...raw, choices: choices ?? [] }
}

/** The whole form of version 2026.1. */
export function theForm(): FormJson {
  const head = json('form.json')
  const kinds = Object.fromEntries(
    (head['kinds'] as string[]).map((kind) => {
      const raw = json(`${kind}.json`)
      const sections = (raw['sections'] as string[]).map((name) => {
        const section = json(`${kind}/${name}.json`)
        return { module: null, ...section, fields: (section['fields'] as Record<string, unknown>[]).map(field) }
      })
      return [kind, { ...raw, sections }]
    }),
  )
  return { ...head, kinds } as unknown as FormJson
}

/** A record of a door, as the store would give it. */
export function record(kind: Kind, id: string, fields: Record<string, unknown> = {}, more: Partial<LocalRecord> = {}): LocalRecord {
  const state = typeof fields['state'] === 'string' ? fields['state'] : 'active'
  return { kind, id, version: 1, dasawisma: '35.22.14.2011/D001', state, confirmed_on: null, fields, pending: false, ...more }
}
