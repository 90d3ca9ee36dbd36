import { systemClock } from '../../clock'
import { writeWholeFile } from '../atomic-file'
import { withFileLock } from '../lock-file'
import { readWholeFile } from '../read-file'

/** Adds 1 to the number in a file, so many times, under its lock; -1 for without end. For tests. */
const [path = '', times = '0'] = process.argv.slice(2)
for (let round = 0; round !== Number(times); round++) {
  await withFileLock(path, systemClock, async () => {
    const before = await readWholeFile(path, 100)
    await writeWholeFile(path, String(Number(before ?? 0) + 1), { expected: before })
  })
  process.send?.(round)
}
process.disconnect()
