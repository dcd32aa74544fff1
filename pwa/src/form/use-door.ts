/** The open door for a screen: null while it is being read; the error's name where it cannot be. */
import { useEffect, useState } from 'preact/hooks'
import { openDoor, type DoorSession } from './session'

/** The session of a door; the screen is drawn again whenever a signal of it that it reads changes. */
export function useDoor(household: string): DoorSession | null | 'failed' {
  const [session, setSession] = useState<DoorSession | null | 'failed'>(null)
  useEffect(() => {
    let isHere = true
    openDoor(household).then(
      (opened) => isHere && setSession(opened),
      () => isHere && setSession('failed'),
    )
    return () => {
      isHere = false
    }
  }, [household])
  return session
}
