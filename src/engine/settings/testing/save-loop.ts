import { systemClock } from '../../clock'
import { openSettings } from '../store'

/**
 * Saves settings in one folder until it is killed: all hosts get the same `lastUsed`, the number of the round, and
 * the budget for rows says it too. For tests.
 */
const [folder = ''] = process.argv.slice(2)
const store = await openSettings(folder, systemClock)
for (;;) {
  await store.update((settings) => {
    const round = (settings.memory.rows ?? 1_048_576) + 1
    const hosts = settings.hosts.map((host) => ({ ...host, lastUsed: round }))
    return { ...settings, hosts, memory: { ...settings.memory, rows: round } }
  })
  process.send?.(store.current().memory.rows)
}
