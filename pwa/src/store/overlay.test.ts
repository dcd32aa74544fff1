import { expect, test } from 'vitest'
import { adjusted, layOver } from './overlay'
import type { LocalRecord, Patch } from './types'

const house: LocalRecord = {
  kind: 'household',
  id: 'h',
  version: 5,
  dasawisma: 'D',
  state: 'active',
  confirmed_on: null,
  fields: { a: 1, b: 2 },
  pending: false,
}
const change = (id: string, base: number, set: Record<string, unknown>, kind: Patch['kind'] = 'household'): Patch => ({ kind, id, base, set })

test('layOver: a value and a cleared one: both shown, the snapshot untouched', () => {
  const shown = layOver([house], [change('h', 5, { a: 9, b: null })]).get('h')!
  expect(shown).toMatchObject({ fields: { a: 9 }, pending: true, version: 5 })
  expect('b' in shown.fields).toBe(false)
  expect(house.fields).toEqual({ a: 1, b: 2 })
})
test('layOver: a new member: lives in the dasa wisma of its door', () => {
  const shown = layOver([house], [change('m', 0, { household: 'h', nama: 'Siti' }, 'member')]).get('m')!
  expect(shown).toMatchObject({ version: 0, dasawisma: 'D', state: 'active', pending: true })
})
test('layOver: a change of a record the snapshot lost: shows nothing', () => expect(layOver([], [change('x', 7, { a: 1 })]).size).toBe(0))
test('layOver: later edits: win over earlier ones', () =>
  expect(layOver([house], [change('h', 5, { a: 7 }), change('h', 5, { a: 8 })]).get('h')!.fields['a']).toBe(8))
test('adjusted: choices: added once, removed', () => expect(adjusted(['x', 'y'], { add: ['y', 'z'], remove: ['x'] })).toEqual(['y', 'z']))
test('adjusted: rows: replaced and removed by their id', () => {
  const rows = [{ row: '1', v: 1 }, { row: '2', v: 1 }]
  expect(adjusted(rows, { add: [{ row: '2', v: 5 }], remove: ['1'] })).toEqual([{ row: '2', v: 5 }])
})
