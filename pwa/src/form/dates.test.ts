/** Days, parts of days, and ages. */
import { expect, test } from 'vitest'
import { addDays, addMonths, ageMonths, ageYears, parts, spoken, wholeDay } from './dates'
import { dateOf } from './date-widget'

test('parts__only_days_that_exist', () => {
  expect(parts('2026-02-29')).toBeNull()
  expect(parts('2024-02-29')).toEqual({ year: 2024, month: 2, day: 29 })
  expect(parts('1985')).toEqual({ year: 1985, month: null, day: null })
})

test('wholeDay__estimate__stands_in_the_middle', () => {
  expect(wholeDay('1985')).toBe('1985-07-01')
  expect(wholeDay('1985-03')).toBe('1985-03-15')
})

test('ages__by_the_calendar', () => {
  expect(ageYears('2000-02-29', '2001-02-28')).toBe(0)
  expect(ageYears('2000-02-29', '2001-03-01')).toBe(1)
  expect(ageMonths('2026-01-31', '2026-02-28')).toBe(0)
})

test('addDays__over_a_year_end', () => expect(addDays('2026-12-31', 1)).toBe('2027-01-01'))

test('addMonths__last_day_of_a_shorter_month', () => expect(addMonths('2026-08-31', 6)).toBe('2027-02-28'))

test('spoken__as_people_write_it', () => {
  expect(spoken('1985-08-17')).toBe('17\u00a0Agu\u00a01985')
  expect(spoken('besok')).toBe('besok')
})

test('dateOf__what_was_typed__only_when_it_exists', () => {
  expect(dateOf({ day: '31', month: '2', year: '2020' }, 'exact')).toBeNull()
  expect(dateOf({ day: '7', month: '8', year: '2020' }, 'exact')).toBe('2020-08-07')
  expect(dateOf({ day: '', month: '8', year: '2020' }, 'month')).toBe('2020-08-15')
  expect(dateOf({ day: '', month: '', year: '2020' }, 'year')).toBe('2020-07-01')
  expect(dateOf({ day: '1', month: '1', year: '20' }, 'exact')).toBeNull()
})
