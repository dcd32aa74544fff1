/**
 * All doors, in the order she walks: RT, house number. Search by anybody's name; filters by how a door stands.
 * Lines off screen cost nothing (`content-visibility`), and only forty are made at a time as she scrolls.
 */
import { signal } from '@preact/signals'
import type { JSX, RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { BottomBar, Button, Card, EmptyState, Icon, TopBar } from '../ui'
import { t } from '../words'
import { DoorRow } from './door-row'
import { type DoorLine, doors, followDoors } from './doors'
import { WhereLine } from './where'

const FILTERS = ['semua', 'belum', 'kurang', 'lama', 'selesai'] as const
type Filter = (typeof FILTERS)[number]

const PAGE = 40
const sought = signal('')
const filter = signal<Filter>('semua')

/** The doors a search and a filter leave. Every word sought must occur. */
export function matching(lines: DoorLine[], search: string, wanted: Filter): DoorLine[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== '')
  return lines.filter((line) => (wanted === 'semua' || line.state === wanted) && words.every((word) => line.haystack.includes(word)))
}

function Filters({ lines }: { lines: DoorLine[] }): JSX.Element {
  const count = (name: Filter): number => (name === 'semua' ? lines.length : lines.filter((line) => line.state === name).length)
  return (
    <div class="filters" role="group" aria-label={t('list.filter')}>
      {FILTERS.map((name) => (
        <button key={name} type="button" class="filter" aria-pressed={filter.value === name} onClick={() => (filter.value = name)}>
          {t(`list.filter.${name}`)} <span class="number">{count(name)}</span>
        </button>
      ))}
    </div>
  )
}

function useMore(total: number, key: string): { shown: number; end: RefObject<HTMLLIElement | null> } {
  const [shown, setShown] = useState(PAGE)
  const end = useRef<HTMLLIElement>(null)
  useEffect(() => setShown(PAGE), [key])
  useEffect(() => {
    if (!end.current || shown >= total) return
    const watcher = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && setShown((old) => old + PAGE), {
      rootMargin: '800px',
    })
    watcher.observe(end.current)
    return () => watcher.disconnect()
  }, [shown, total])
  return { shown, end }
}

function Lines({ lines }: { lines: DoorLine[] }): JSX.Element {
  const { shown, end } = useMore(lines.length, sought.value + filter.value)
  if (lines.length === 0) return <EmptyState icon="search" title={t('list.noneTitle')} text={t('list.none')} />
  return (
    <Card flush>
      <ul class="doors">
        {lines.slice(0, shown).map((line) => (
          <li key={line.id}>
            <DoorRow line={line} />
          </li>
        ))}
        <li ref={end} class="doors-end" />
      </ul>
    </Card>
  )
}

function AddDoor(): JSX.Element {
  return (
    <Button icon="plus" href="#/rumah-baru">
      {t('list.add')}
    </Button>
  )
}

/** The list of doors. */
export function ListScreen(): JSX.Element {
  useEffect(followDoors, [])
  const all = doors.value
  return (
    <div class="screen">
      <TopBar title={t('list.title')} sub={all?.places.join(', ')} back="#/" action={<AddDoor />} />
      <main class="body">
        <label class="search">
          <Icon name="search" />
          <span class="hide">{t('list.search')}</span>
          <input
            class="input"
            type="search"
            autocomplete="off"
            placeholder={t('list.search')}
            value={sought.value}
            onInput={(event) => (sought.value = event.currentTarget.value)}
          />
        </label>
        {all && <Filters lines={all.lines} />}
        {all && <Lines lines={matching(all.lines, sought.value, filter.value)} />}
      </main>
      <BottomBar status={<WhereLine />} />
    </div>
  )
}
