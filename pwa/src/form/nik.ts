/**
 * What the sixteen digits of a NIK say: place of issue, birth date (day + 40 for women), serial.
 *
 * Everything here is an offer or a warning, never a refusal: a NIK keeps its digits when a birth date or an address is corrected.
 */
import { daysIn, joinParts } from './dates'
import type { FormView } from './form-view'
import type { Answers } from './rules'

const PROVINCES = new Set(
  '11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 71 72 73 74 75 76 81 82 91 92 93 94 95 96 97'.split(' '),
)

export interface NikFacts {
  /** YYYY-MM-DD. */
  born: string
  sex: 'L' | 'P'
}

/** Exactly sixteen ASCII digits. */
export const isSixteenDigits = (text: string): boolean => /^[0-9]{16}$/.test(text)

/** Birth date and sex told by a NIK; null when its digits cannot be a date. Two-digit years after this one belong to the last century. */
export function nikFacts(nik: string, today: string): NikFacts | null {
  if (!isSixteenDigits(nik)) return null
  const { day, month, year: short, isWoman } = told(nik)
  const year = (2000 + short <= Number(today.slice(0, 4)) ? 2000 : 1900) + short
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null
  return { born: joinParts(year, month, day), sex: isWoman ? 'P' : 'L' }
}

/** Digits in groups of four, as they are read aloud. */
export const grouped = (digits: string): string => digits.replace(/(\d{4})(?=\d)/g, '$1 ')

interface Told {
  day: number
  month: number
  /** Two digits. */
  year: number
  isWoman: boolean
}

const told = (nik: string): Told => {
  const day = Number(nik.slice(6, 8))
  return { day: day > 40 ? day - 40 : day, month: Number(nik.slice(8, 10)), year: Number(nik.slice(10, 12)), isWoman: day > 40 }
}

const isDay = ({ day, month, year }: Told): boolean =>
  month >= 1 && month <= 12 && day >= 1 && [1900, 2000].some((century) => day <= daysIn(century + year, month))

/** What the digits say against the answers, as flags for the form's soft checks; all false where there is no NIK. */
export function nikFlags(form: FormView, answers: Answers): Record<string, boolean> {
  const nik = answers[form.role('member', 'nik')]
  const flags = { nik_area: false, nik_date: false, nik_serial: false, nik_born: false, nik_sex: false }
  if (typeof nik !== 'string' || !isSixteenDigits(nik)) return flags
  const found = told(nik)
  const real = isDay(found)
  return {
    nik_area: !PROVINCES.has(nik.slice(0, 2)),
    nik_date: !real,
    nik_serial: nik.endsWith('0000'),
    nik_born: real && !fits(form, answers, found),
    nik_sex: real && form.means('member', 'sex', found.isWoman ? 'male' : 'female', answers[form.role('member', 'sex')]),
  }
}

/** Compared only with a birth day known exactly; an estimate says nothing against the NIK. */
function fits(form: FormView, answers: Answers, { day, month, year }: Told): boolean {
  const born = answers[form.role('member', 'born')]
  const precision = answers[form.role('member', 'born_precision')] ?? null
  const isExact = precision === null || form.means('member', 'born_precision', 'exact', precision)
  if (!isExact || typeof born !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(born)) return true
  return Number(born.slice(8)) === day && Number(born.slice(5, 7)) === month && Number(born.slice(2, 4)) === year
}
