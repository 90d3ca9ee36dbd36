import { writeWholeFile } from '../atomic-file'

/** Writes a file again and again, each time 200 KB of one number, until it is killed. For tests. */
const [path = '', first = '0'] = process.argv.slice(2)
for (let round = Number(first); ; round++) {
  await writeWholeFile(path, `${String(round).padStart(9, '0')}\n`.repeat(20_000))
  process.send?.(round)
}
