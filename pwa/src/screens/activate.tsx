/**
 * Activation: type the code of the desa admin, scan its QR, or open the QR's address, which brings the secret in the fragment.
 * A person who used this phone before comes back with one tap; her data is still here.
 */
import { signal } from '@preact/signals'
import type { JSX, TargetedSubmitEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { go } from '../router'
import { profile } from '../session/live'
import { currentProfile, type Profile, profiles } from '../session/profile'
import { activate, cleanCode, secretIn, switchTo } from '../session/session'
import { emit } from '../store/events'
import { refreshForm } from '../store/facts'
import { refreshCounts } from '../store/live'
import { startSyncing } from '../sync/background'
import { Button, Card, Icon, initials, Row } from '../ui'
import { t, word } from '../words'
import { canWorkOffline } from '../worker'
import { doors } from './doors'
import { canScan, scan } from './scan'

const busy = signal(false)
const problem = signal<string | null>(null)

async function enter(): Promise<void> {
  profile.value = await currentProfile()
  doors.value = null
  go('/', true)
  await refreshForm()
  emit({ what: 'changed' })
  await refreshCounts()
  startSyncing()
  void navigator.storage?.persist?.()
}

async function useCode(code: string): Promise<void> {
  if (busy.value || code === '') return
  busy.value = true
  problem.value = null
  const done = await activate(code).catch(() => ({ result: 'offline' }) as const)
  busy.value = false
  if (done.result === 'ok') return enter()
  problem.value = done.result === 'offline' ? t('activate.offline') : (word(`problem.${done.code}`) ?? t('activate.wrong'))
}

function Scanner({ onClose }: { onClose: () => void }): JSX.Element {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const stop = new AbortController()
    scan(video.current!, stop.signal)
      .then((secret) => {
        if (secret === null) return
        onClose()
        void useCode(secret)
      })
      .catch(() => {
        problem.value = t('activate.noCamera')
        onClose()
      })
    return () => stop.abort()
  }, [])
  return (
    <Card title={t('activate.scanning')}>
      <video ref={video} class="scanner" playsInline muted />
      <Button onClick={onClose}>{t('ui.cancel')}</Button>
    </Card>
  )
}

function CodeForm(): JSX.Element {
  const [code, setCode] = useState('')
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    void useCode(cleanCode(code))
  }
  return (
    <form class="stack" onSubmit={submit}>
      <label class="question-label" for="code">
        {t('activate.code')}
      </label>
      <input
        id="code"
        class="input code-input"
        type="text"
        autocomplete="one-time-code"
        autocapitalize="characters"
        spellcheck={false}
        maxLength={64}
        value={code}
        aria-describedby="code-help"
        onInput={(event) => setCode(event.currentTarget.value)}
      />
      <p id="code-help" class="small soft">
        {t('activate.help')}
      </p>
      {problem.value && (
        <p class="warning" role="alert">
          {problem.value}
        </p>
      )}
      <Button kind="filled" wide submit disabled={busy.value || cleanCode(code).length < 6}>
        {busy.value ? t('activate.busy') : t('activate.do')}
      </Button>
    </form>
  )
}

function KnownPeople(): JSX.Element | null {
  const [known, setKnown] = useState<Profile[]>([])
  useEffect(() => void profiles().then(setKnown), [])
  if (known.length === 0) return null
  const back = async (person: string): Promise<void> => {
    if (await switchTo(person)) await enter()
  }
  return (
    <Card title={t('activate.known')} flush>
      {known.map((one) => (
        <Row key={one.person} letters={initials(one.name)} title={one.name} sub={t('activate.back')} onClick={() => void back(one.person)} />
      ))}
    </Card>
  )
}

/** The activation screen. */
export function ActivateScreen(): JSX.Element {
  const [isScanning, setScanning] = useState(false)
  useEffect(() => {
    if (!location.hash.startsWith('#aktivasi=')) return
    const secret = secretIn(location.hash)
    // The secret must not stay in the history or in a screenshot of the address.
    go('/aktivasi', true)
    void useCode(secret)
  }, [])
  return (
    <div class="screen">
      <header class="hero">
        <p class="hero-sub">{t('app.name')}</p>
        <h1>{t('activate.title')}</h1>
        <p class="hero-sub">{t('activate.lead')}</p>
      </header>
      <main class="body">
        {isScanning && <Scanner onClose={() => setScanning(false)} />}
        <Card>
          <CodeForm />
        </Card>
        {canScan() && !isScanning && (
          <Button wide onClick={() => setScanning(true)}>
            {t('activate.scan')}
          </Button>
        )}
        <KnownPeople />
        {!canWorkOffline() && (
          <Card tone="sun" title={t('home.insecureTitle')}>
            <p class="small">{t('home.insecure')}</p>
          </Card>
        )}
        <p class="small soft">
          <Icon name="phone" /> {t('activate.kept')}
        </p>
      </main>
    </div>
  )
}
