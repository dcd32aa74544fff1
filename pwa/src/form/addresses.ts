/** The hash of every page of one door, so that no screen writes an address by hand. */
import type { Step } from './ask'

const door = (household: string): string => `#/rumah/${household}`

export const doorPage = (household: string, note = ''): string => door(household) + (note ? `?kabar=${note}` : '')
/** Parts of a visit: the list of pages by default; `lama` expired answers, `cek` before "tidak ada perubahan", `hasil`, `kejadian`, `selesai`. */
export const visitPage = (household: string, part = '', more: Record<string, string> = {}): string => {
  const query = new URLSearchParams({ ...(part && { langkah: part }), ...more }).toString()
  return `${door(household)}/kunjungan${query ? `?${query}` : ''}`
}
export const familyPage = (household: string, family: string): string => `${door(household)}/kk/${family}`
export const memberPage = (household: string, member: string): string => `${door(household)}/warga/${member}`

/** The page of one section of one record. */
export function stepPage(household: string, { kind, record, section }: Pick<Step, 'kind' | 'record' | 'section'>): string {
  if (kind === 'household') return `${door(household)}/isian/${section.id}`
  const page = kind === 'family' ? familyPage(household, record.id) : memberPage(household, record.id)
  return `${page}?bagian=${encodeURIComponent(section.id)}`
}
