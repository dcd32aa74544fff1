/** A sheet over the page that asks one thing. Closes by its button, the escape key, or a tap beside it. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../words'
import { Icon } from './icon'

export interface DialogProps {
  title: string
  open: boolean
  onClose: () => void
  children: ComponentChildren
}

export function Dialog({ title, open, onClose, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = box.current
    if (!dialog) return
    if (open && !dialog.open) dialog.showModal()
    if (!open && dialog.open) dialog.close()
  }, [open])
  return (
    <dialog
      ref={box}
      class="dialog"
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === box.current && onClose()}
    >
      {open && (
        <div class="dialog-inside">
          <header class="dialog-head">
            <h2>{title}</h2>
            <button type="button" class="icon-button" aria-label={t('ui.close')} onClick={onClose}>
              <Icon name="close" />
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  )
}
