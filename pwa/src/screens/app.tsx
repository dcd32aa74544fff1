/**
 * Which screen is shown. The first screens are in the first file; the others come in one more, kept by the worker as well.
 */
import { type ComponentType, type JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { go, route } from '../router'
import { profile } from '../session/live'
import { formOpen, updateReady } from '../store/live'
import { Button, Card } from '../ui'
import { t } from '../words'
import { useNewVersion } from '../worker'
import { ActivateScreen } from './activate'
import { HomeScreen } from './home'
import { ListScreen } from './list'

type Later = typeof import('./later')

type Screens = Partial<Record<string, ComponentType<Record<string, string>>>>

let later: Later | null = null

function useLater(isNeeded: boolean): { screens: Later | null; isMissing: boolean } {
  const [loaded, setLoaded] = useState(later)
  const [isMissing, setMissing] = useState(false)
  useEffect(() => {
    if (!isNeeded || loaded) return
    import('./later').then(
      (module) => {
        later = module
        setLoaded(module)
      },
      () => setMissing(true),
    )
  }, [isNeeded, loaded])
  return { screens: loaded, isMissing }
}

const FIRST: Record<string, ComponentType<Record<string, string>>> = {
  home: HomeScreen as ComponentType<Record<string, string>>,
  list: ListScreen as ComponentType<Record<string, string>>,
}

const LATER: Record<string, string> = {
  'add-door': 'AddDoorScreen',
  door: 'DoorScreen',
  visit: 'VisitScreen',
  household: 'HouseholdScreen',
  family: 'FamilyScreen',
  member: 'MemberScreen',
  'sync-log': 'SyncLogScreen',
}

function UpdateOffer(): JSX.Element | null {
  if (!updateReady.value || formOpen.value) return null
  return (
    <div class="update">
      <Card tone="main">
        <p>{t('app.update')}</p>
        <Button onClick={useNewVersion}>{t('app.reload')}</Button>
      </Card>
    </div>
  )
}

/** The whole app. */
export function App(): JSX.Element {
  const { name, params } = route.value
  const isActive = profile.value !== null && name !== 'activate'
  const { screens, isMissing } = useLater(isActive && !(name in FIRST))
  useEffect(() => {
    if (profile.value === null && name !== 'activate' && !location.hash.startsWith('#aktivasi=')) go('/aktivasi', true)
    scrollTo(0, 0)
  }, [name, params])
  if (!isActive) return <ActivateScreen />
  const First = FIRST[name]
  const Screen = First ?? (screens as unknown as Screens | null)?.[LATER[name] ?? '']
  return (
    <>
      {Screen ? <Screen key={name} {...params} /> : <p class="loading">{t(isMissing ? 'app.missing' : 'app.loading')}</p>}
      <UpdateOffer />
    </>
  )
}
