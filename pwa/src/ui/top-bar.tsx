/** The head of a screen: the way back, where one is, and one small action. The title is the screen's only h1. */
import type { ComponentChildren } from 'preact'
import { t } from '../words'
import { Icon } from './icon'

export interface TopBarProps {
  title: ComponentChildren
  sub?: ComponentChildren
  /** Hash of the screen above; without it there is no way back. */
  back?: string
  action?: ComponentChildren
}

export function TopBar({ title, sub, back, action }: TopBarProps) {
  return (
    <header class={back === undefined ? 'top top-first' : 'top'}>
      {back !== undefined && (
        <a class="top-back" href={back} aria-label={t('ui.back')}>
          <Icon name="back" />
        </a>
      )}
      <div class="top-text">
        {sub !== undefined && <p class="top-sub">{sub}</p>}
        <h1>{title}</h1>
      </div>
      {action}
    </header>
  )
}

/** The dark head of the home screen, for a greeting, the two rings and what is left to do. */
export function Hero({
  title,
  sub,
  children,
}: {
  title: ComponentChildren
  sub?: ComponentChildren
  children?: ComponentChildren
}) {
  return (
    <header class="hero">
      {sub !== undefined && <p class="hero-sub">{sub}</p>}
      <h1>{title}</h1>
      {children}
    </header>
  )
}
