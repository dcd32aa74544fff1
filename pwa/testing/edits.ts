/** Many small edits for tests. */
import { save } from './phone'

/** The edit number `at` of a busy day. */
export function queuedEdit(at: number): Promise<void> {
  return save(`door-${at}`, 0, { a: at })
}
