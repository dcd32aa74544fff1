/**
 * Cutting a queue into requests: pure.
 * Limits of the contract: 200 edits, 64 KiB an edit, 256 KiB on the wire; we stay far below, because on 2G
 * a background sync has three minutes and an answer lost costs the whole batch again.
 */
import type { OutboxRow } from '../store/rows'
import type { WireEdit } from './wire'

export const MAX_EDITS = 200
export const MAX_BATCH_BYTES = 192 * 1024

function base64(text: string): string {
  let binary = ''
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** An edit as it travels: what was saved, with its number and bases; or its raw bytes where it could not be read. */
export function wireEdit(row: OutboxRow, body: EditContent): WireEdit {
  const patches = body.patches.map(({ kind, id, ...rest }, place) => ({ kind, id, base: row.bases[place] ?? 0, ...rest }))
  const { visited_on, form, settles } = body
  const edit = { n: row.n, id: row.id, at: row.at, visited_on, form, settles, patches }
  return row.raw ? { n: row.n, id: row.id, raw: base64(JSON.stringify(edit)) } : edit
}

/** The content of a stored edit. */
export interface EditContent {
  visited_on: string | null
  form: string
  settles: string[]
  patches: { kind: string; id: string; set?: unknown; adjust?: unknown }[]
}

/** How many edits from the front fit into one request: at least one, when there is one. */
export function fitting(sizes: number[], maxEdits = MAX_EDITS, maxBytes = MAX_BATCH_BYTES): number {
  let bytes = 0
  let count = 0
  for (const size of sizes) {
    bytes += size
    if (count >= maxEdits || (bytes > maxBytes && count > 0)) break
    count += 1
  }
  return count
}
