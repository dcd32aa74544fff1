/**
 * The quiet line that always says where the answers are: on this phone, or at the server.
 *
 * Grey when all is well, warm when something waits; never red, because being offline is not an error.
 */
import type { ComponentChildren } from 'preact'
import { Icon } from './icon'

export interface StatusLineProps {
  children: ComponentChildren
  /** `phone`: kept on this phone; `server`: has arrived; `busy`: on its way; `look`: a person should look. */
  state?: 'phone' | 'server' | 'busy' | 'look'
  href?: string
}

const icons = { phone: 'phone', server: 'cloud', busy: 'sync', look: 'alert' } as const

export function StatusLine({ children, state = 'phone', href }: StatusLineProps) {
  const inside = (
    <>
      <Icon name={icons[state]} />
      <span>{children}</span>
    </>
  )
  return href !== undefined ? (
    <a class={`status status-${state}`} href={href}>
      {inside}
    </a>
  ) : (
    <p class={`status status-${state}`} role="status">
      {inside}
    </p>
  )
}
