/** What a list says when it is empty: why, and what to do next. */
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon'

export interface EmptyStateProps {
  icon?: IconName
  title: string
  text?: string
  children?: ComponentChildren
}

export function EmptyState({ icon = 'leaf', title, text, children }: EmptyStateProps) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children}
    </div>
  )
}
