/**
 * What the sixteen digits of a NIK say: place of issue, birth date (day + 40 for women), serial.
 *
 * Everything here is an offer or a warning, never a refusal: a NIK keeps its digits when a birth date or an address is corrected.
 */
import { daysIn, joinParts } from './dates'

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
  const rawDay = Number(nik.slice(6, 8))
  const month = Number(nik.slice(8, 10))
  const short = Number(nik.slice(10, 12))
  const century = 2000 + short <= Number(today.slice(0, 4)) ? 2000 : 1900
  const day = rawDay > 40 ? rawDay - 40 : rawDay
  if (month < 1 || month > 12 || day < 1 || day > daysIn(century + short, month)) return null
  return { born: joinParts(century + short, month, day), sex: rawDay > 40 ? 'P' : 'L' }
}

/** Digits in groups of four, as they are read aloud. */
export const grouped = (digits: string): string => digits.replace(/(\d{4})(?=\d)/g, '$1 ')
