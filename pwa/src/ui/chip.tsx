/**
 * How something stands, in one or two words, with a shape so that colour is never the only sign.
 *
 * Done is calm, work is warm: colour only where something is to be done.
 */
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon'

export type ChipTone = 'quiet' | 'work' | 'old' | 'done' | 'red'

const shapes: Record<ChipTone, IconName | null> = { quiet: null, work: 'edit', old: 'clock', done: 'check', red: 'alert' }

export function Chip({ tone = 'quiet', children }: { tone?: ChipTone; children: ComponentChildren }) {
  const shape = shapes[tone]
  return (
    <span class={`chip chip-${tone}`}>
      {shape && <Icon name={shape} />}
      {children}
    </span>
  )
}
