/** What is pinned in reach of the thumb: the one filled button, at most one more, and the quiet status line above them. */
import type { ComponentChildren } from 'preact'

export function BottomBar({ children, status }: { children?: ComponentChildren; status?: ComponentChildren }) {
  return (
    <footer class="bottom">
      {status}
      {children && <div class="bottom-buttons">{children}</div>}
    </footer>
  )
}
