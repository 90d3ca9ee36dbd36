import { randomUUID } from 'node:crypto'
import { systemClock } from '../../clock'
import { openSettings } from '../store'
import { host } from './arbitrary'

/** Adds so many hosts of a name to the settings in one folder, one at a time. For tests. */
const [folder = '', name = '', times = '0'] = process.argv.slice(2)
const store = await openSettings(folder, systemClock)
for (let number = 0; number < Number(times); number++) {
  const added = host(0, { id: randomUUID(), name: `${name} ${number}` })
  await store.update((settings) => ({ ...settings, hosts: [...settings.hosts, added] }))
}
process.disconnect()
