import { expect, test } from 'vitest'
import { routeOf } from './router'

test.each([
  ['', 'home', {}],
  ['#/', 'home', {}],
  ['#/rumah', 'list', {}],
  ['#/rumah/a-1', 'door', { household: 'a-1' }],
  ['#/rumah/a-1/kk/baru', 'family', { household: 'a-1', family: 'baru' }],
  ['#/rumah/a-1/warga/m?bagian=x', 'member', { household: 'a-1', member: 'm', bagian: 'x' }],
  ['#/rumah/a-1/isian/alamat', 'household', { household: 'a-1', section: 'alamat' }],
  ['#/tidak/ada', 'home', {}],
  ['#aktivasi=abc', 'home', {}],
])('routeOf: %s: leads to %s', (hash, name, params) => expect(routeOf(hash)).toEqual({ name, params }))
