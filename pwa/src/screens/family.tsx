/** One family (KK): its card and its other topics. Opening a new one makes it in the visit at once. */
import { useEffect } from 'preact/hooks'
import { stepsOf } from '../form/ask'
import { doorPage, familyPage, memberPage, visitPage } from '../form/addresses'
import { Loading } from '../form/loading'
import { familyName } from '../form/people'
import { SectionPage } from '../form/section-page'
import { useDoor } from '../form/use-door'
import { go } from '../router'
import { Button, Card } from '../ui'
import { t } from '../words'
import { StepRow } from './door'
import { RemoveCard } from './remove'

export function FamilyScreen({ household, family, bagian }: { household: string; family: string; bagian?: string }) {
  const session = useDoor(household)
  const isNew = family === 'baru'
  useEffect(() => {
    if (!isNew || session === null || session === 'failed') return
    session.begin()
    go(familyPage(household, session.add('family', {})).slice(1), true)
  }, [isNew, session])
  if (session === null || session === 'failed' || isNew) return <Loading failed={session === 'failed'} back={doorPage(household)} />
  const door = session.door.value
  const record = door.families.find((one) => one.id === family)
  const steps = record ? stepsOf(record, door) : []
  const step = steps.find((one) => one.section.id === bagian) ?? steps[0]
  if (!record || !step) return <Loading failed back={doorPage(household)} />
  const others = steps.filter((other) => other.section.id !== step.section.id)
  return (
    <SectionPage
      key={step.section.id}
      session={session}
      step={step}
      whose={familyName(record, door)}
      back={session.draft.value ? visitPage(household) : doorPage(household)}
      after={
        <>
          {others.length > 0 && (
            <Card title={t('member.more')} flush>
              {others.map((other) => (
                <StepRow key={other.section.id} step={other} door={door} household={household} />
              ))}
            </Card>
          )}
          <Button icon="plus" href={`${memberPage(household, 'baru')}?kk=${record.id}`}>
            {t('door.add-member')}
          </Button>
          {door.members.every((member) => member.fields['family'] !== record.id) && (
            <RemoveCard session={session} record={record} />
          )}
        </>
      }
    />
  )
}
