/** A white sheet on the page: a titled group of things that belong together. */
import type { ComponentChildren } from 'preact'

export interface CardProps {
  title?: ComponentChildren
  /** Stands at the right end of the title. */
  aside?: ComponentChildren
  children: ComponentChildren
  tone?: 'plain' | 'sun' | 'main' | 'red' | 'leaf'
  /** Rows reach from edge to edge, without padding. */
  flush?: boolean
}

export function Card({ title, aside, children, tone = 'plain', flush = false }: CardProps) {
  return (
    <section class={`card card-${tone}${flush ? ' card-flush' : ''}`}>
      {title !== undefined && (
        <header class="card-head">
          <h2>{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  )
}
