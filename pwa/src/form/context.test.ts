/** What rules may know of a door, against the vectors shared with the server. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { LocalRecord } from '../store/types'
import { Door } from './context'
import { record, theForm } from './fixture.test-help'
import { FormView } from './form-view'
import { nikFlags } from './nik'

type Fields = Record<string, unknown>
interface Vector {
  name: string
  as_of: string
  door: {
    id: string
    household: Fields
    families: Record<string, Fields>
    members: Record<string, Fields>
    events: Record<string, Fields>
  }
  expect: Record<string, Fields>
}

const vectors = JSON.parse(readFileSync(new URL('../../../tests/vectors/context.json', import.meta.url), 'utf8')) as Vector[]
const form = new FormView(theForm())

function records({ id, household, families, members, events }: Vector['door']): LocalRecord[] {
  const of = (kind: LocalRecord['kind'], all: Record<string, Fields>) =>
    Object.entries(all).map(([key, fields]) => record(kind, key, fields))
  return [record('household', id, household), ...of('family', families), ...of('member', members), ...of('event', events)]
}

test.each(vectors)('$name', ({ as_of, door: raw, expect: wanted }) => {
  const door = new Door(records(raw), form, as_of, nikFlags)
  for (const [id, keys] of Object.entries(wanted)) {
    const found = door.context(door.records.find((one) => one.id === id)!)
    for (const [key, value] of Object.entries(keys)) expect(found[key], `${id}.${key}`).toEqual(value)
  }
})
