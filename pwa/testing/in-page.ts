/** The app's own store and sync under one name in a page of the real app, for journeys over a line too bad for waiting on the screen. */
import { currentProfile } from '../src/session/profile'
import { copiesOf } from '../src/store/answer'
import { form as storedForm } from '../src/store/facts'
import { everything, newId, saveEdit, scopes, unsent } from '../src/store/index'
import { logLines, settledEdits } from '../src/store/told'
import { digest } from '../src/sync/digest'
import { syncNow } from '../src/sync/run'

const today = (): string => new Date().toISOString().slice(0, 10)

/** The first free text about a house: no test names a question. */
async function question(): Promise<string> {
  const { sections } = (await storedForm()).kinds['household']!
  return sections.flatMap((section) => section.fields).find((field) => field.type === 'text' && field.merge === 'observed')!.id
}

const phone = {
  /** Her dasa wisma. */
  async places(): Promise<string[]> {
    await currentProfile()
    return (await scopes()).map((item) => item.dasawisma)
  },
  /** A new door with somebody in it; its id. */
  async door(dasawisma: string, text: string): Promise<string> {
    const [household, family] = [newId(), newId()]
    const patches = [
      { kind: 'household', id: household, base: 0, set: { dasawisma, [await question()]: text } },
      { kind: 'family', id: family, base: 0, set: { household } },
      { kind: 'member', id: newId(), base: 0, set: { household, family } },
    ] as const
    await saveEdit([...patches], { visitedOn: today() })
    return household
  },
  /** Another answer about a door. */
  async answer(id: string, text: string): Promise<void> {
    const base = (await everything()).get(id)?.version ?? 0
    await saveEdit([{ kind: 'household', id, base, set: { [await question()]: text } }], { visitedOn: today() })
  },
  async knock(household: string): Promise<void> {
    const set = { household, on: today(), outcome: 'tidak_di_rumah', seen: 0 }
    await saveEdit([{ kind: 'visit', id: newId(), base: 0, set }], { visitedOn: today() })
  },
  sync: async (): Promise<string> => (await syncNow()).result,
  question,
  unsent: async (): Promise<number> => (await unsent()).count,
  /** Edits this phone believes to be at the server, and the records each touches. */
  async settled(): Promise<{ id: string; records: string[] }[]> {
    const edits = await settledEdits(100_000)
    return edits.map((edit) => ({ id: edit.id, records: edit.body.patches.map((patch) => patch.id) }))
  },
  /** Every answer shown for a door, and each dasa wisma's digest. */
  async copy(): Promise<{ doors: Record<string, unknown>; digests: Record<string, string>; repaired: string[] }> {
    const [field, codes] = [await question(), await phone.places()]
    const doors = [...(await everything()).values()].filter((record) => record.kind === 'household')
    const copies = await copiesOf(codes)
    return {
      doors: Object.fromEntries(doors.map((door) => [door.id, door.fields[field]])),
      digests: Object.fromEntries(codes.map((code) => [code, digest(copies.get(code) ?? [])])),
      repaired: (await logLines(300)).flatMap((line) => line.repaired),
    }
  },
}

Object.assign(globalThis, { phone })
