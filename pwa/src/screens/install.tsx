/** Offers to put the app on the home screen, where the browser can; an installed app keeps its data longer. */
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { Button, Card } from '../ui'
import { t } from '../words'

interface InstallEvent extends Event {
  prompt(): Promise<unknown>
}

/** The browser's offer, while it stands. */
export const install = signal<InstallEvent | null>(null)

if (typeof addEventListener === 'function') {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    install.value = event as InstallEvent
  })
  addEventListener('appinstalled', () => {
    install.value = null
  })
}

async function ask(): Promise<void> {
  const event = install.value
  install.value = null
  await event?.prompt()
  void navigator.storage?.persist?.()
}

/** The card with the offer. */
export function InstallOffer(): JSX.Element {
  return (
    <Card tone="main">
      <p>{t('install.why')}</p>
      <Button icon="phone" onClick={() => void ask()}>
        {t('install.do')}
      </Button>
    </Card>
  )
}
