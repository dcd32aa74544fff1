/** What came of a knock that collected nothing: nobody there, refused, empty, gone, not a dwelling, counted twice, not ours. */
import { useState } from 'preact/hooks'
import { doorPage } from '../form/addresses'
import { AboutVisit } from '../form/about-visit'
import { Option } from '../form/choice-widgets'
import { everybodyMoves } from '../form/life-events'
import { doorName } from '../form/people'
import type { DoorSession } from '../form/session'
import { today } from '../clock'
import { go } from '../router'
import { BottomBar, Button, Card, TopBar } from '../ui'
import { t, word } from '../words'

/** Outcomes of a finished or partial visit are not chosen here: they follow from the answers. */
const ANSWERED = new Set(['selesai', 'tidak_berubah', 'sebagian'])

export function OutcomePage({ session }: { session: DoorSession }) {
  const { household } = session
  const door = session.door.value
  const [outcome, setOutcome] = useState('')
  const [about, setAbout] = useState<Record<string, unknown>>({})
  const [everybody, setEverybody] = useState(true)
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  const save = async () => {
    setState('busy')
    try {
      session.begin()
      if (outcome === 'pindah' && everybody) everybodyMoves(session, today())
      await session.finish(outcome, about)
      go(doorPage(household, 'hasil').slice(1), true)
    } catch {
      setState('failed')
    }
  }
  const choices = session.view.structureChoices('visit', 'outcome').filter((choice) => !ANSWERED.has(choice.value))
  return (
    <div class="screen">
      <TopBar title={t('outcome.title')} sub={doorName(door)} back={doorPage(household)} />
      <main class="body">
        <div class="card" role="group" aria-label={t('outcome.title')}>
          <div class="choices">
            {choices.map((choice) => (
              <Option
                key={choice.value}
                type="radio"
                name="outcome"
                label={choice.label}
                small={word(`outcome.help.${choice.value}`)}
                checked={outcome === choice.value}
                offered={false}
                onPick={() => setOutcome(choice.value)}
              />
            ))}
          </div>
        </div>
        {outcome === 'pindah' && door.members.length > 0 && (
          <Card>
            <Option
              type="checkbox"
              name="everybody"
              label={t('outcome.everybody', { count: door.members.length })}
              checked={everybody}
              offered={false}
              onPick={() => setEverybody(!everybody)}
            />
          </Card>
        )}
        {outcome !== '' && <AboutVisit session={session} outcome={outcome} answers={about} onChange={setAbout} />}
        {state === 'failed' && <p class="warning">{t('save.failed')}</p>}
      </main>
      <BottomBar>
        <Button kind="filled" disabled={outcome === '' || state === 'busy'} onClick={() => void save()}>
          {t('outcome.save')}
        </Button>
      </BottomBar>
    </div>
  )
}
