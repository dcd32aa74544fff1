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

type Answers = Record<string, string>

/** Saves the door as an edit of its own and gives its id. */
async function saveDoor(place: string, answers: Answers): Promise<string> {
  const id = newId()
  const filled = Object.entries(answers).map(([key, text]) => [key, text.trim()] as const)
  const set = { dasawisma: place, ...Object.fromEntries(filled.filter(([key, text]) => key !== '' && text !== '')) }
  await saveEdit([{ kind: 'household', id, base: 0, set }], { visitedOn: null })
  return id
}

export function AddDoorScreen() {
  const [view, setView] = useState<FormView | null>(null)
  const [places, setPlaces] = useState<Scope[]>([])
  const [place, setPlace] = useState('')
  const [answers, setAnswers] = useState<Answers>({})
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
    await saveDoor(place, answers).then(
      (id) => go(visitPage(id).slice(1), true),
      () => setState('failed'),
    )
  }
  return (
    <div class="screen">
      <TopBar title={t('add.title')} sub={t('add.sub')} back="#/rumah" />
      <main class="body">
        <Card>
          <p>{t('add.why')}</p>
        </Card>
        {places.length > 1 && <Places places={places} place={place} onPick={setPlace} />}
        <Asked view={view} answers={answers} onType={setAnswers} />
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

/** Which dasa wisma, asked only of a kader who has several. */
function Places({ places, place, onPick }: { places: Scope[]; place: string; onPick: (code: string) => void }) {
  return (
    <div class="card" role="group" aria-labelledby="add-where">
      <p class="question-label" id="add-where">
        {t('add.where')}
      </p>
      <div class="choices question-body">
        {places.map(({ dasawisma, name }) => (
          <Option
            key={dasawisma}
            type="radio"
            name="place"
            label={name}
            checked={place === dasawisma}
            offered={false}
            onPick={() => onPick(dasawisma)}
          />
        ))}
      </div>
    </div>
  )
}

/** Where the door is, in the form's own questions. */
function Asked({ view, answers, onType }: { view: FormView; answers: Answers; onType: (answers: Answers) => void }) {
  const fields = ASKED.map((role) => view.field('household', view.role('household', role))).filter((field) => field !== undefined)
  return (
    <Card>
      {fields.map(({ id, label, help }) => (
        <div class="question" key={id}>
          <label class="question-label" for={id}>
            {label}
          </label>
          {help && <p class="question-help">{help}</p>}
          <div class="question-body">
            <input
              id={id}
              class="input"
              type="text"
              autocomplete="off"
              maxLength={500}
              value={answers[id] ?? ''}
              onInput={(event) => onType({ ...answers, [id]: event.currentTarget.value })}
            />
          </div>
        </div>
      ))}
    </Card>
  )
}
