/**
 * Days as text, whole or only in part, and the ages that follow from them.
 *
 * A day is `YYYY-MM-DD`; an estimate ("perkiraan") is `YYYY` or `YYYY-MM`. An age from an estimate counts from the middle of what is known:
 * 1 July of the year, the 15th of the month. The day borders are those of Asia/Jakarta.
 */
const shape = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/

export interface Parts {
  year: number
  /** 1 to 12, or null where only the year is known. */
  month: number | null
  /** 1 to 31, or null where only the month is known. */
  day: number | null
}

/** Year, month and day of a date text, or null when it is no date at all. */
export function parts(text: unknown): Parts | null {
  const found = typeof text === 'string' ? shape.exec(text) : null
  if (!found) return null
  const year = Number(found[1])
  const month = found[2] ? Number(found[2]) : null
  const day = found[3] ? Number(found[3]) : null
  if (month !== null && (month < 1 || month > 12)) return null
  if (day !== null && (day < 1 || day > daysIn(year, month ?? 1))) return null
  return { year, month, day }
}

/** How many days a month has. */
export const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** The text of a date of which perhaps only the year or the month is known. */
export function joinParts(year: number, month: number | null, day: number | null): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const head = String(year).padStart(4, '0')
  if (month === null) return head
  return day === null ? `${head}-${two(month)}` : `${head}-${two(month)}-${two(day)}`
}

/** A whole day standing for a date known only in part: the middle of what is known. Null for what is no date. */
export function wholeDay(text: unknown): string | null {
  const found = parts(text)
  if (!found) return null
  return joinParts(found.year, found.month ?? 7, found.day ?? (found.month === null ? 1 : 15))
}

/** Completed months between two days. */
export function ageMonths(born: unknown, on: string): number | null {
  const start = parts(wholeDay(born))
  const end = parts(on)
  if (!start || !end) return null
  const months = (end.year - start.year) * 12 + ((end.month ?? 1) - (start.month ?? 1))
  return (end.day ?? 1) < (start.day ?? 1) ? months - 1 : months
}

/** Completed years between two days. */
export function ageYears(born: unknown, on: string): number | null {
  const months = ageMonths(born, on)
  return months === null ? null : Math.floor(months / 12)
}

/** The day `count` days after another. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10)
}

/** The same day of the month `count` months later, or the last day of that month. */
export function addMonths(day: string, count: number): string {
  const at = parts(day)
  if (!at) return day
  const index = at.year * 12 + (at.month ?? 1) - 1 + count
  const year = Math.floor(index / 12)
  const month = (index % 12) + 1
  return joinParts(year, month, Math.min(at.day ?? 1, daysIn(year, month)))
}

const writer = new Intl.DateTimeFormat('id-ID', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })

/** A day as people write it, unbroken: 17 Agu 1985. What is no day comes back as it was. */
export const spoken = (day: string): string => (parts(day)?.day ? writer.format(Date.parse(day)).replace(/ /g, '\u00a0') : day)
