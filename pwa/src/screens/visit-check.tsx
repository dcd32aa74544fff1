/**
 * "Tidak ada perubahan", honestly: one screen that asks after births, deaths, moves and pregnancies before it confirms anything.
 *
 * Offered only for one complete door at a time. Whatever did happen opens its own short form and turns this into a visit.
 */
import { useState } from 'preact/hooks'
import { doorPage, visitPage } from '../form/addresses'
import { ageText, doorName, personName } from '../form/people'
import { SavedLine } from '../form/section-page'
import type { DoorSession } from '../form/session'
import { go } from '../router'
import { BottomBar, Button, Card, TopBar } from '../ui'
import { t } from '../words'

const ASKED = [
  { key: 'check.born', types: ['lahir'] },
  { key: 'check.died', types: ['meninggal'] },
  { key: 'check.moved', types: ['datang', 'pindah'] },
  { key: 'check.pregnant', types: ['hamil', 'melahirkan'] },
] as const

export function CheckPage({ session }: { session: DoorSession }) {
  const { household } = session
  const door = session.door.value
  const status = session.storedStatus.value
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  if (!status.complete || status.wantsFullVisit) {
    go(visitPage(household).slice(1), true)
    return null
  }
  const confirm = async () => {
    setState('busy')
    try {
      await session.finish('tidak_berubah')
      go(doorPage(household, 'selesai').slice(1), true)
    } catch {
      setState('failed')
    }
  }
  return (
    <div class="screen">
      <TopBar title={t('check.title')} sub={doorName(door)} back={doorPage(household)} />
      <main class="body">
        <p class="lead">{t('check.ask')}</p>
        <Card flush>
          {ASKED.map(({ key, types }) => (
            <div class="ask-row" key={key}>
              <span>{t(key)}</span>
              <Button
                href={visitPage(household, 'kejadian', types.length === 1 ? { jenis: types[0] } : { pilih: types.join(',') })}
              >
                {t('check.yes')}
              </Button>
            </div>
          ))}
        </Card>
        <Card title={t('check.who')}>
          <ul class="stack-small">
            {door.members.map((member) => (
              <li key={member.id} class="between">
                <span>{personName(member, door)}</span>
                <span class="soft small">{ageText(member, door)}</span>
              </li>
            ))}
          </ul>
          <Button kind="plain" href={visitPage(household)}>
            {t('check.other')}
          </Button>
        </Card>
        {state === 'failed' && <p class="warning">{t('save.failed')}</p>}
      </main>
      <BottomBar status={session.draft.value ? <SavedLine session={session} /> : undefined}>
        <Button kind="filled" icon="check" disabled={state === 'busy'} onClick={() => void confirm()}>
          {t('check.none')}
        </Button>
      </BottomBar>
    </div>
  )
}
