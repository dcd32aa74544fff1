/**
 * The one kind of button: at least 48 px high, a word always, an icon sometimes.
 *
 * `filled` appears once per screen and is the next thing to do; `tonal` is a second way on; `plain` is quiet; `danger` removes or ends.
 * With `href` it is a link that looks the same.
 */
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon'

export interface ButtonProps {
  children: ComponentChildren
  kind?: 'filled' | 'tonal' | 'plain' | 'danger'
  icon?: IconName
  onClick?: () => void
  href?: string
  disabled?: boolean
  wide?: boolean
  submit?: boolean
  pressed?: boolean
}

export function Button({ children, kind = 'tonal', icon, onClick, href, disabled, wide, submit, pressed }: ButtonProps) {
  const look = `button button-${kind}${wide ? ' button-wide' : ''}`
  const inside = (
    <>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </>
  )
  if (href !== undefined) {
    return (
      <a class={look} href={href} onClick={onClick}>
        {inside}
      </a>
    )
  }
  return (
    <button class={look} type={submit ? 'submit' : 'button'} disabled={disabled} aria-pressed={pressed} onClick={onClick}>
      {inside}
    </button>
  )
}
