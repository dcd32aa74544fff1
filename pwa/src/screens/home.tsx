/**
 * The first screen: how far she is (complete, fresh), what to do next, and where the answers are.
 * A ring is full only when every door is; "kurang N rumah" says what is left.
 */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { profile } from '../session/live'
import { changed, lastServerContactAt, syncState } from '../store/live'
import { inbox, notedEdits } from '../store/told'
import { BottomBar, Button, Card, Chip, EmptyState, Hero, Ring, Row } from '../ui'
import { t } from '../words'
import { canWorkOffline } from '../worker'
import { DoorRow } from './door-row'
import { type DoorLine, doors, followDoors } from './doors'
import { install, InstallOffer } from './install'
import { WhereLine } from './where'

const NEXT_SHOWN = 5

function greeting(): string {
  const name = profile.value?.name.trim() ?? ''
  return name ? t('home.hello', { name }) : t('home.title')
}

function lacking(part: number, whole: number): string {
  return part >= whole && whole > 0 ? t('home.all') : t('home.lacking', { count: whole - part })
}

/** What comes next: begun visits, then doors never visited, incomplete, old. */
function nextDoors(lines: DoorLine[]): DoorLine[] {
  const rank = (line: DoorLine): number => (line.hasDraft ? 0 : { belum: 1, kurang: 2, lama: 3, selesai: 9 }[line.state])
  return lines.filter((line) => rank(line) < 9).sort((a, b) => rank(a) - rank(b))
}

function Rings(): JSX.Element | null {
  const all = doors.value
  if (!all || all.lines.length === 0) return null
  const whole = all.lines.length
  return (
    <div class="hero-rings">
      <Ring part={all.complete} whole={whole} label={t('home.complete')} note={lacking(all.complete, whole)} />
      <Ring part={all.fresh} whole={whole} label={t('home.fresh')} note={lacking(all.fresh, whole)} tone="leaf" />
    </div>
  )
}

function useLooks(): number {
  const [count, setCount] = useState(0)
  const version = changed.value
  useEffect(() => {
    void Promise.all([inbox(), notedEdits()]).then(([items, edits]) => {
      const refused = edits.filter((edit) => edit.verdict?.verdict === 'refused')
      setCount(items.filter((item) => !item.isSeen).length + refused.length)
    })
  }, [version])
  return count
}

function Notices(): JSX.Element {
  const looks = useLooks()
  return (
    <>
      {profile.value?.isDemo && <p class="demo">{t('home.demo')}</p>}
      {!canWorkOffline() && (
        <Card tone="sun" title={t('home.insecureTitle')}>
          <p class="small">{t('home.insecure')}</p>
        </Card>
      )}
      {looks > 0 && (
        <Card tone="sun" flush>
          <Row icon="alert" title={t('home.looks', { count: looks })} sub={t('home.looksSub')} href="#/kirim" />
        </Card>
      )}
    </>
  )
}

function Work(): JSX.Element | null {
  const all = doors.value
  if (!all) return null
  const isFirst = lastServerContactAt.value === null && syncState.value === 'syncing'
  if (all.lines.length === 0 && isFirst) return <EmptyState icon="sync" title={t('home.fetching')} text={t('home.fetchingWhy')} />
  if (all.lines.length === 0) return <EmptyState icon="home" title={t('home.emptyTitle')} text={t('home.empty')} />
  const next = nextDoors(all.lines)
  if (next.length === 0) {
    return (
      <Card tone="leaf" title={t('home.doneTitle')}>
        <p>{t('home.done', { count: all.lines.length })}</p>
      </Card>
    )
  }
  return (
    <Card title={t('home.next')} aside={<Chip>{t('home.nextCount', { count: next.length })}</Chip>} flush>
      <ul>
        {next.slice(0, NEXT_SHOWN).map((line) => (
          <li key={line.id}>
            <DoorRow line={line} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** The home screen. */
export function HomeScreen(): JSX.Element {
  useEffect(followDoors, [])
  const places = doors.value?.places.join(', ')
  return (
    <div class="screen">
      <Hero title={greeting()} sub={places ? t('home.place', { name: places }) : t('app.name')}>
        <Rings />
      </Hero>
      <main class="body">
        <Notices />
        <Work />
        {install.value && <InstallOffer />}
        <Button icon="plus" href="#/rumah-baru">
          {t('home.addDoor')}
        </Button>
      </main>
      <BottomBar status={<WhereLine />}>
        <Button kind="filled" icon="home" href="#/rumah">
          {t('home.open')}
        </Button>
      </BottomBar>
    </div>
  )
}
