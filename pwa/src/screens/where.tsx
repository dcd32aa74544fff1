/** The line that always says, in words, where the answers are: on this phone or at the server. */
import type { JSX } from 'preact'
import { seams } from '../clock'
import { lastServerContactAt, oldestUnsentAt, syncReason, syncState, unsentCount } from '../store/live'
import { StatusLine } from '../ui'
import { t, word } from '../words'

const DAY_MS = 86_400_000

/** A clock time of today, or a day and a time: `10.32`, `21 Nov 10.32` by this phone's clock. */
export function timeWords(iso: string): string {
  const at = new Date(iso)
  const sameDay = new Date(seams.now()).toDateString() === at.toDateString()
  const clock = `${String(at.getHours()).padStart(2, '0')}.${String(at.getMinutes()).padStart(2, '0')}`
  return sameDay ? clock : `${at.getDate()} ${t('time.months').split(' ')[at.getMonth()]} ${clock}`
}

/** Whole days since an instant. */
export function daysSince(iso: string): number {
  return Math.max(0, Math.floor((seams.now() - new Date(iso).getTime()) / DAY_MS))
}

function sentence(): string {
  const waiting = unsentCount.value
  if (syncState.value === 'syncing') return t('sync.now')
  if (waiting > 0) {
    const age = oldestUnsentAt.value ? daysSince(oldestUnsentAt.value) : 0
    const base = t('sync.onPhone', { count: waiting })
    return age >= 3 ? `${base} ${t('sync.sinceDays', { days: age })}` : base
  }
  const contact = lastServerContactAt.value
  return contact ? t('sync.onServer', { time: timeWords(contact) }) : t('sync.never')
}

/** Why the last try did not go through, or nothing. */
export function troubleWords(): string | undefined {
  return syncState.value === 'failed' || syncState.value === 'offline' ? word(`sync.reason.${syncReason.value}`) : undefined
}

/** The status line of the home, the list and the sync screen. */
export function WhereLine({ href = '#/kirim' }: { href?: string }): JSX.Element {
  const waiting = unsentCount.value > 0
  const isOld = waiting && oldestUnsentAt.value !== null && daysSince(oldestUnsentAt.value) >= 3
  const needsLook = isOld || syncReason.value === 'signin' || syncReason.value === 'blocked'
  const state = syncState.value === 'syncing' ? 'busy' : needsLook ? 'look' : waiting || !lastServerContactAt.value ? 'phone' : 'server'
  const trouble = troubleWords()
  return (
    <StatusLine state={state} href={href}>
      {sentence()}
      {trouble && syncState.value !== 'syncing' ? ` ${trouble}` : ''}
    </StatusLine>
  )
}
