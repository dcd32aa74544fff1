/** The start of the app: style, worker, news, sync, and the screen the address names. */
import './style.css'
import './screens/core.css'
import { render } from 'preact'
import { App } from './screens/app'
import { followAddress } from './router'
import { currentProfile } from './session/profile'
import { followNews, refreshCounts } from './store/live'
import { startSyncing } from './sync/background'
import { profile } from './session/live'
import { startWorker } from './worker'

async function start(): Promise<void> {
  followAddress()
  followNews()
  profile.value = await currentProfile()
  render(<App />, document.getElementById('app')!)
  void startWorker()
  if (!profile.value) return
  await refreshCounts()
  startSyncing()
}

void start()
