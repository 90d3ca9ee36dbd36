import { performance } from 'node:perf_hooks'
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers'

/** Milliseconds before anything is shown: what is quick needs no words. */
const quiet = 500
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/**
 * Runs a task that may take a while, and shows that it is going on: a turning line on a terminal, plain lines
 * elsewhere. On stderr, because stdout is for what other programs read.
 * @template T
 * @param {string} what what is being done, as in "Building the console"
 * @param {() => Promise<T>} task
 * @returns {Promise<T>}
 */
export async function withProgress(what, task, stream = process.stderr) {
  const started = performance.now()
  const seconds = () => ((performance.now() - started) / 1_000).toFixed(1)
  const terminal = stream.isTTY === true
  const clearLine = terminal ? '\r\u001b[K' : ''
  let shown = false
  let spinner
  const begin = setTimeout(() => {
    shown = true
    if (!terminal) stream.write(`${what} ...\n`)
    let frame = 0
    const draw = () => stream.write(`${clearLine}${frames[frame++ % frames.length]} ${what} (${seconds()} s)`)
    if (terminal) spinner = setInterval(draw, 80)
  }, quiet)
  const end = (outcome) => {
    clearTimeout(begin)
    clearInterval(spinner)
    if (shown) stream.write(`${clearLine}${what}: ${outcome} after ${seconds()} s\n`)
  }
  try {
    const result = await task()
    end('done')
    return result
  } catch (error) {
    end('failed')
    throw error
  }
}
