import { closeSync, openSync, renameSync, existsSync, writeSync, copyFileSync, truncateSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Writes numbered lines as a syslog daemon does, appending. Its one argument is JSON: path, lines, burst (lines in one
 * write), pause (milliseconds between bursts), rotate (lines between two rotations, 0 for none), how (`rename`,
 * `copy`), pad (bytes of text in each line), first (number of the first line).
 */
const {
  path,
  lines,
  burst,
  pause = 0,
  rotate = 0,
  how = 'rename',
  pad = 40,
  first = 0,
} = JSON.parse(process.argv[2] ?? '{}')
const text = 'x'.repeat(pad)
let file = openSync(path, 'a')
let written = 0
let sinceRotation = 0

function shift() {
  for (let number = 8; number >= 1; number--) {
    if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`)
  }
}

function write(count) {
  let block = ''
  for (let end = written + count; written < end; written++) {
    block += `Nov 22 14:00:00 host app[1]: n=${first + written} ${text}\n`
  }
  writeSync(file, block)
  sinceRotation += count
}

while (written < lines) {
  write(Math.min(burst, lines - written))
  if (rotate > 0 && sinceRotation >= rotate && written < lines) {
    shift()
    if (how === 'copy') {
      copyFileSync(path, `${path}.1`)
      // These are lost, whoever follows.
      write(Math.min(3, lines - written))
      truncateSync(path, 0)
    } else {
      renameSync(path, `${path}.1`)
      // As rsyslog does until it is told to open its files anew.
      write(Math.min(3, lines - written))
      closeSync(file)
      file = openSync(path, 'a')
    }
    sinceRotation = 0
  }
  if (pause > 0) await sleep(pause)
}
closeSync(file)
