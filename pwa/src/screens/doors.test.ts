import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FormView } from '../form/form-view'
import type { FormJson, LocalRecord } from '../store/types'
import { doorLine } from './doors'
import { matching } from './list'

const roles = JSON.parse(readFileSync(new URL('../../../models/form/2026.1/form.json', import.meta.url), 'utf8')) as Record<string, unknown>
const kinds = { household: { sections: [] }, family: { sections: [] }, member: { sections: [] } }
const view = new FormView({ settings: {}, modules: [], ...roles, kinds } as unknown as FormJson)
const role = (kind: LocalRecord['kind'], name: string): string => view.role(kind, name)

function record(kind: LocalRecord['kind'], id: string, fields: Record<string, unknown>, pending = false): LocalRecord {
  return { kind, id, version: 3, dasawisma: 'D', state: 'active', confirmed_on: null, fields, pending }
}

function door(number: string, rt: string, name: string): LocalRecord[] {
  const id = `h${number}${rt}`
  return [
    record('household', id, { [role('household', 'house_number')]: number }),
    record('family', `f${id}`, { household: id, [role('family', 'rt')]: rt }),
    record('member', `m${id}`, { household: id, family: `f${id}`, [role('member', 'name')]: name }),
  ]
}

const line = (records: LocalRecord[], hasDraft = false) => doorLine(records[0]!.id, records, view, '2026-11-23', hasDraft)

describe('doorLine', () => {
  test('a door with people: named by them, placed by RT and number', () =>
    expect(line(door('7', '001', 'Siti Aminah'))).toMatchObject({ name: 'Siti Aminah', place: 'RT 01 · No. 7', state: 'belum', isUnsent: false }))

  test('number 10 and number 9: walked in the order of numbers, RT first', () => {
    const lines = [line(door('10', '001', 'a')), line(door('1', '002', 'b')), line(door('9', '001', 'c'))]
    expect(lines.sort((a, b) => (a.order < b.order ? -1 : 1)).map((one) => one.name)).toEqual(['c', 'a', 'b'])
  })

  test('an unsent change of any record: the door is only on this phone', () => {
    const records = door('7', '001', 'Siti')
    expect(line([...records.slice(0, 2), { ...records[2]!, pending: true }]).isUnsent).toBe(true)
  })
})

describe('matching', () => {
  const lines = [line(door('1', '001', 'Siti Aminah')), line(door('2', '001', 'Sri Wahyuni'))]

  test('no search, every state: all', () => expect(matching(lines, ' ', 'semua')).toHaveLength(2))
  test('words in any order and case: the door of that person', () =>
    expect(matching(lines, 'AMINAH siti', 'semua').map((one) => one.name)).toEqual(['Siti Aminah']))
  test('a number of a house: found too', () => expect(matching(lines, 'no. 2', 'semua')).toHaveLength(1))
  test('a filter nothing fits: none', () => expect(matching(lines, '', 'selesai')).toEqual([]))
})
