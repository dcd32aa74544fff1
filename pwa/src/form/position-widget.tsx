/** Where the door stands: read from the phone once, with its accuracy shown. */
import { useState } from 'preact/hooks'
import { Button } from '../ui'
import { t } from '../words'

export interface Position {
  lat: number
  lon: number
  accuracy_m: number
}

const isPosition = (value: unknown): value is Position =>
  typeof value === 'object' && value !== null && 'lat' in value && 'lon' in value

const round = (value: number, places: number): number => Number(value.toFixed(places))

export function PositionWidget({ value, onAnswer }: { value: unknown; onAnswer: (value: Position | null) => void }) {
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  const read = () => {
    setState('busy')
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setState('idle')
        onAnswer({ lat: round(coords.latitude, 6), lon: round(coords.longitude, 6), accuracy_m: Math.round(coords.accuracy) })
      },
      () => setState('failed'),
      { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 },
    )
  }
  if (!('geolocation' in navigator)) return <p class="question-note">{t('position.none')}</p>
  return (
    <div class="stack">
      {isPosition(value) && <p class="number">{t('position.known', { accuracy: value.accuracy_m })}</p>}
      <Button icon="pin" disabled={state === 'busy'} onClick={read}>
        {t(state === 'busy' ? 'position.busy' : isPosition(value) ? 'position.again' : 'position.take')}
      </Button>
      {state === 'failed' && <p class="warning">{t('position.failed')}</p>}
    </div>
  )
}
