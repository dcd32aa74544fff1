/** What a screen shows while its door is read, or when there is no such door on this phone. */
import { EmptyState, TopBar } from '../ui'
import { t } from '../words'

export function Loading({ failed = false, back = '#/rumah' }: { failed?: boolean; back?: string }) {
  return (
    <div class="screen">
      <TopBar title={failed ? t('door.missing') : t('door.loading')} back={back} />
      {failed && <EmptyState icon="home" title={t('door.missing')} text={t('door.missing-why')} />}
    </div>
  )
}
