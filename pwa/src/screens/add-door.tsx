/**
 * A door the register missed: where it is, and then its first visit.
 *
 * The new door is saved at once as an edit of its own, so that it cannot get lost; it counts as expected, and as complete only after the
 * desa accepted it.
 */
import { useEffect, useState } from 'preact/hooks'
import { Option } from '../form/choice-widgets'
import { visitPage } from '../form/addresses'
import { FormView } from '../form/form-view'
import { Loading } from '../form/loading'
import { go } from '../router'
import { form as storedForm, newId, saveEdit, scopes } from '../store/index'
import type { Scope } from '../store/types'
import { BottomBar, Button, Card, TopBar } from '../ui'
import { t } from '../words'

const ASKED = ['address', 'house_number', 'label'] as const

export function AddDoorScreen() {
  const [view, setView] = useState<FormView | null>(null)
  const [places, setPlaces] = useState<Scope[]>([])
  const [place, setPlace] = useState('')
  const [answers, setAnswers] = useState<Record<string, string>>({})
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  useEffect(() => {
    void Promise.all([storedForm(), scopes()]).then(([form, list]) => {
      setView(new FormView(form))
      setPlaces(list)
      if (list.length === 1) setPlace(list[0]?.dasawisma ?? '')
    })
  }, [])
  if (!view) return <Loading back="#/rumah" />
  const isReady = place !== '' && Object.values(answers).some((text) => text.trim() !== '')
  const save = async () => {
    setState('busy')
    const id = newId()
    const filled = Object.entries(answers).filter(([key, text]) => key !== '' && text.trim() !== '')
    try {
      const set = { dasawisma: place, ...Object.fromEntries(filled.map(([key, text]) => [key, text.trim()])) }
      await saveEdit([{ kind: 'household', id, base: 0, set }], { visitedOn: null })
      go(visitPage(id).slice(1), true)
    } catch {
      setState('failed')
    }
  }
  return (
    <div class="screen">
      <TopBar title={t('add.title')} sub={t('add.sub')} back="#/rumah" />
      <main class="body">
        <Card>
          <p>{t('add.why')}</p>
        </Card>
        {places.length > 1 && (
          <div class="card" role="group" aria-labelledby="add-where">
            <p class="question-label" id="add-where">
              {t('add.where')}
            </p>
            <div class="choices question-body">
              {places.map((one) => (
                <Option
                  key={one.dasawisma}
                  type="radio"
                  name="place"
                  label={one.name}
                  checked={place === one.dasawisma}
                  offered={false}
                  onPick={() => setPlace(one.dasawisma)}
                />
              ))}
            </div>
          </div>
        )}
        <Card>
          {ASKED.map((role) => {
            const field = view.field('household', view.role('household', role))
            if (!field) return null
            return (
              <div class="question" key={field.id}>
                <label class="question-label" for={field.id}>
                  {field.label}
                </label>
                {field.help && <p class="question-help">{field.help}</p>}
                <div class="question-body">
                  <input
                    id={field.id}
                    class="input"
                    type="text"
                    autocomplete="off"
                    maxLength={500}
                    value={answers[field.id] ?? ''}
                    onInput={(event) => setAnswers({ ...answers, [field.id]: event.currentTarget.value })}
                  />
                </div>
              </div>
            )
          })}
        </Card>
        {state === 'failed' && <p class="warning">{t('save.failed')}</p>}
      </main>
      <BottomBar status={isReady ? undefined : <p class="status">{t('add.need')}</p>}>
        <Button kind="filled" disabled={!isReady || state === 'busy'} onClick={() => void save()}>
          {t('add.save')}
        </Button>
      </BottomBar>
    </div>
  )
}
