/** Taking out a record that was entered by mistake, with a reason. Death and moving away are life events, not removals. */
import { useState } from 'preact/hooks'
import { visitPage } from '../form/addresses'
import type { DoorSession } from '../form/session'
import { Option } from '../form/choice-widgets'
import { go } from '../router'
import type { LocalRecord } from '../store/types'
import { Button, Dialog } from '../ui'
import { t } from '../words'

const REASONS = ['twice', 'never', 'elsewhere'] as const

export function RemoveCard({ session, record }: { session: DoorSession; record: LocalRecord }) {
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const remove = () => {
    if (session.draft.value?.touched[record.id]?.fresh) session.takeBack(record.id)
    else {
      session.answer(record, 'state', 'deleted')
      session.answer(record, 'state_reason', reason)
    }
    go(visitPage(session.household).slice(1), true)
  }
  return (
    <>
      <Button kind="plain" onClick={() => setOpen(true)}>
        {t('remove.open')}
      </Button>
      <Dialog title={t('remove.title')} open={open} onClose={() => setOpen(false)}>
        <p class="soft">{t('remove.why')}</p>
        <div class="choices">
          {REASONS.map((one) => (
            <Option key={one} type="radio" name="reason" label={t(`remove.${one}`)} checked={reason === t(`remove.${one}`)} offered={false} onPick={() => setReason(t(`remove.${one}`))} />
          ))}
        </div>
        <Button kind="danger" wide disabled={reason === ''} onClick={remove}>
          {t('remove.do')}
        </Button>
      </Dialog>
    </>
  )
}
