/**
 * A ring that shows a share of doors: `part` of `whole`, floored to whole percent.
 *
 * The number in the middle says the same as the arc, so nothing depends on colour; a full ring appears only when part equals whole.
 */
export interface RingProps {
  part: number
  whole: number
  /** Word under the ring, for example "Lengkap". */
  label: string
  /** Smaller line under the label, for example "kurang 3 rumah". */
  note?: string
  tone?: 'main' | 'leaf'
  small?: boolean
}

/** Whole percent, rounded down; 0 when there is nothing to count. */
export const percent = (part: number, whole: number): number => (whole > 0 ? Math.floor((100 * part) / whole) : 0)

export function Ring({ part, whole, label, note, tone = 'main', small = false }: RingProps) {
  const share = percent(part, whole)
  return (
    <figure
      class={`ring ring-${tone}${small ? ' ring-small' : ''}`}
      role="img"
      aria-label={`${label} ${share} %${note ? `, ${note}` : ''}`}
    >
      <svg viewBox="0 0 120 120" aria-hidden="true">
        <circle class="ring-track" cx="60" cy="60" r="51" />
        {share > 0 && (
          <circle
            class="ring-arc"
            cx="60"
            cy="60"
            r="51"
            pathLength="100"
            stroke-dasharray={`${share} 100`}
            transform="rotate(-90 60 60)"
          />
        )}
        <text class={share === 100 ? 'ring-number ring-full' : 'ring-number'} x="60" y="69" text-anchor="middle">
          {share}
          <tspan class="ring-sign"> %</tspan>
        </text>
      </svg>
      <figcaption aria-hidden="true">
        <b>{label}</b>
        {note && <span>{note}</span>}
      </figcaption>
    </figure>
  )
}
