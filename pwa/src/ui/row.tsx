/**
 * One line of a list that opens something: what it is, one line about it, and how it stands.
 *
 * Always at least 64 px high and tappable over its whole width.
 */
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon'

export interface RowProps {
  title: ComponentChildren
  sub?: ComponentChildren
  /** Left: an icon, or one or two letters in a circle. */
  icon?: IconName
  letters?: string
  /** Right: usually a Chip. */
  trail?: ComponentChildren
  href?: string
  onClick?: () => void
}

/** The first letters of the first two words of a name, for the circle before it. */
export const initials = (name: string): string =>
  name
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word))
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('')

export function Row({ title, sub, icon, letters, trail, href, onClick }: RowProps) {
  const inside = (
    <>
      {(icon || letters !== undefined) && (
        <span class="row-lead" aria-hidden="true">
          {icon ? <Icon name={icon} /> : letters}
        </span>
      )}
      <span class="row-text">
        <span class="row-title">{title}</span>
        {sub !== undefined && <span class="row-sub">{sub}</span>}
      </span>
      {trail !== undefined && <span class="row-trail">{trail}</span>}
      {(href !== undefined || onClick) && <Icon name="next" class="row-go" />}
    </>
  )
  const look = `row${icon || letters !== undefined ? ' row-led' : ''}${trail !== undefined ? ' row-trailed' : ''}`
  if (href !== undefined) {
    return (
      <a class={look} href={href}>
        {inside}
      </a>
    )
  }
  if (onClick) {
    return (
      <button class={look} type="button" onClick={onClick}>
        {inside}
      </button>
    )
  }
  return <div class={look}>{inside}</div>
}
