/**
 * Histories of real phones on a real server: `node testing/histories.mjs --seeds 0:60 --steps 40`.
 *
 *   --seeds 7           one seed, or from:to
 *   --skip 3,9          leaves steps out; the others stay what they were
 *   --tell              tells every step, also of histories that break nothing
 *   --shrink            leaves out of a failing seed whatever is not needed to break it
 *   --plant NAME|all    with a bug in the app or the server, which must be found
 *
 * One line of JSON a seed on standard output, or one a planted bug; what broke in words on standard error.
 */
import { RealServer } from '../server'
import { bundled } from './bundle'
import { play, type Report } from './history'
import { Opening } from './opening'
import { type Plant, PLANTS } from './plants'

const BEGINNING = '2026-11-23T01:00:00.000+00:00'

interface Wanted {
  seeds: number[]
  steps: number
  skip: Set<number>
  isShrinking: boolean
  isTelling: boolean
  plants: Plant[]
}

function wantedBy(given: string[]): Wanted {
  const value = (name: string, otherwise: string): string => (given.includes(name) ? given[given.indexOf(name) + 1]! : otherwise)
  const [from, to] = value('--seeds', '0:10').split(':').map(Number) as [number, number?]
  const plant = value('--plant', '')
  return {
    seeds: Array.from({ length: (to ?? from + 1) - from }, (_, at) => from + at),
    steps: Number(value('--steps', '40')),
    skip: new Set(value('--skip', '').split(',').filter(Boolean).map(Number)),
    isShrinking: given.includes('--shrink'),
    isTelling: given.includes('--tell'),
    plants: PLANTS.filter((one) => plant === 'all' || one.name === plant),
  }
}

const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

function complain(report: Report, wanted: Wanted, skip: ReadonlySet<number>): void {
  const again = `node testing/histories.mjs --seeds ${report.seed} --steps ${wanted.steps}${skip.size > 0 ? ` --skip ${[...skip].join()}` : ''}`
  console.error([`seed ${report.seed} (${again}):`, ...report.lines.map((line) => `  ${line}`), ...report.wrong.map((line) => `BROKEN ${line}`)].join('\n'))
}

/** Leaves out half of the steps, then quarters, … as long as it still breaks. */
async function shrunk(seed: number, wanted: Wanted, opening: Opening): Promise<Set<number>> {
  let skip = new Set(wanted.skip)
  for (let size = Math.ceil(wanted.steps / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < wanted.steps; from += size) {
      const more = new Set([...skip, ...Array.from({ length: size }, (_, at) => from + at)])
      if (more.size > skip.size && (await play(seed, opening, wanted.steps, more)).wrong.length > 0) skip = more
    }
  }
  return skip
}

async function playAll(wanted: Wanted, opening: Opening): Promise<boolean> {
  let isSound = true
  for (const seed of wanted.seeds) {
    const report = await play(seed, opening, wanted.steps, wanted.skip)
    say({ ...report, lines: undefined })
    if (report.wrong.length === 0) {
      if (wanted.isTelling) complain(report, wanted, wanted.skip)
      continue
    }
    isSound = false
    const skip = wanted.isShrinking ? await shrunk(seed, wanted, opening) : wanted.skip
    complain(wanted.isShrinking ? await play(seed, opening, wanted.steps, skip) : report, wanted, skip)
  }
  return isSound
}

/** How many histories it takes until a planted bug shows; null where none of them shows it. */
async function hunted(plant: Plant, wanted: Wanted, opening: Opening): Promise<{ count: number; wrong: string } | null> {
  const sound = opening.begin
  if ('file' in plant) opening.begin = await bundled(plant)
  else await opening.server.tell(`plant ${plant.server}`)
  try {
    for (const [at, seed] of wanted.seeds.entries()) {
      const { wrong } = await play(seed, opening, wanted.steps)
      if (wrong.length > 0) return { count: at + 1, wrong: wrong[0]! }
    }
    return null
  } finally {
    opening.begin = sound
    if ('server' in plant && !(await opening.server.tell<boolean>('take_out'))) throw new Error(`${plant.name}: never reached`)
  }
}

async function huntAll(wanted: Wanted, opening: Opening): Promise<boolean> {
  let isFound = true
  for (const plant of wanted.plants) {
    const found = await hunted(plant, wanted, opening)
    say({ plant: plant.name, says: plant.says, found })
    isFound &&= found !== null
  }
  return isFound
}

/** Plays what is wanted; true where all histories kept their promises, or all planted bugs were found. */
export async function main(given: string[]): Promise<boolean> {
  const wanted = wantedBy(given)
  process.env['DAWIS_CLOCK'] = BEGINNING
  const server = new RealServer()
  try {
    await server.start()
    const opening = new Opening(server, await bundled(), Date.parse(BEGINNING))
    await opening.prepare()
    return wanted.plants.length > 0 ? await huntAll(wanted, opening) : await playAll(wanted, opening)
  } finally {
    await server.stop()
  }
}
