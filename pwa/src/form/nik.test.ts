/** What the digits of a NIK offer. */
import { expect, test } from 'vitest'
import { grouped, isSixteenDigits, nikFacts } from './nik'

test('nikFacts__woman__day_less_forty', () => {
  expect(nikFacts('3522145708820001', '2026-11-23')).toEqual({ born: '1982-08-17', sex: 'P' })
})

test('nikFacts__man_of_this_century', () => {
  expect(nikFacts('3522143001080002', '2026-11-23')).toEqual({ born: '2008-01-30', sex: 'L' })
})

test('nikFacts__no_date_in_it__nothing_to_offer', () => {
  expect(nikFacts('3522149913820001', '2026-11-23')).toBeNull()
  expect(nikFacts('352214', '2026-11-23')).toBeNull()
})

test('isSixteenDigits__ascii_only', () => {
  expect(isSixteenDigits('3522145708820001')).toBe(true)
  expect(isSixteenDigits('٣522145708820001')).toBe(false)
})

test('grouped__in_fours', () => expect(grouped('352214570882')).toBe('3522 1457 0882'))
