/**
 * Telling every open tab and the service worker that something changed.
 * A message is `{what}`; the sender hears its own message too, at once.
 */

export type News =
  | { what: 'changed' }
  | { what: 'saved' }
  | { what: 'sync'; state: 'offline' | 'syncing' | 'idle' | 'failed'; reason: string }
  | { what: 'update' }

type Listener = (news: News) => void

const listeners = new Set<Listener>()
let channel: BroadcastChannel | null = null

function tell(news: News): void {
  for (const listener of listeners) listener(news)
}

function opened(): BroadcastChannel | null {
  if (channel === null && typeof BroadcastChannel !== 'undefined') {
    channel = new BroadcastChannel('dawis')
    channel.onmessage = (event: MessageEvent<News>) => tell(event.data)
  }
  return channel
}

/** Tells this page, the other tabs and the service worker. */
export function emit(news: News): void {
  tell(news)
  opened()?.postMessage(news)
}

/** Listens until the returned function is called. */
export function listen(listener: Listener): () => void {
  opened()
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Closes the channel, so that a Node process can end. */
export function silence(): void {
  channel?.close()
  channel = null
}
