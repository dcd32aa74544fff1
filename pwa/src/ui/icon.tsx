/**
 * The app's drawings: one stroke width, one 24-unit grid, colour of the text beside them.
 *
 * An icon never carries a meaning alone; a word is always beside it, so icons are hidden from screen readers.
 */
const paths = {
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  plus: 'M12 5v14M5 12h14',
  home: 'M4 11.5L12 5l8 6.5M6.5 10v9h11v-9',
  people: 'M6 8a3 3 0 1 0 6 0a3 3 0 1 0-6 0M3.5 19c0-3 2.5-5 5.5-5s5.5 2 5.5 5M16 5.5a3 3 0 0 1 0 5.5M17.5 14.2c2 .7 3 2.5 3 4.800',
  person: 'M8.5 8a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M5 20c0-3.5 3-6 7-6s7 2.5 7 6',
  alert: 'M12 4.5L21 19.5H3zM12 10.5v4M12 17v.2',
  clock: 'M3.5 12a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0-17 0M12 7.5V12l3 2',
  phone: 'M7.5 3.5h9v17h-9zM11 17.5h2',
  cloud: 'M7 18.5a4 4 0 0 1-.5-8a5.5 5.5 0 0 1 10.7 1.300a3.5 3.5 0 0 1-.7 6.7z',
  search: 'M4 11a7 7 0 1 0 14 0a7 7 0 1 0-14 0M16 16l4.5 4.5',
  edit: 'M5 19l1-4L16 5l3 3L9 18z',
  help: 'M3.5 12a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0-17 0M9.7 9.5c.3-2.7 4.7-2.400 4.400.2c-.2 1.7-2.100 1.800-2.100 3.5M12 16.400v.2',
  close: 'M6 6l12 12M18 6L6 18',
  calendar: 'M5 6.5h14v13H5zM5 10.5h14M8.5 4v4M15.5 4v4',
  pin: 'M12 21c4-4.5 6.5-7.5 6.5-11a6.5 6.5 0 1 0-13 0c0 3.5 2.5 6.5 6.5 11M10 10a2 2 0 1 0 4 0a2 2 0 1 0-4 0',
  sync: 'M19 9.5A7.5 7.5 0 0 0 5.5 8M5 4.5V8.5h4M5 14.5a7.5 7.5 0 0 0 13.5 1.5M19 19.5v-4h-4',
  leaf: 'M5 19c0-8 4-13 14-14c0 9-4 14-11 13M5 19l8-8',
} as const

export type IconName = keyof typeof paths

/** One drawing, as tall as the text it stands beside. */
export function Icon({ name, class: extra = '' }: { name: IconName; class?: string }) {
  return (
    <svg class={`icon ${extra}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}
