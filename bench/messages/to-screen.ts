import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../support/median'
import type { BenchResult } from '../support/result'
import type { ShownConsole } from './console'

const probes = 100
/** Nobody takes from it: what is put there troubles no service. */
const queue = 'org.xen.xapi.probe'

/**
 * From the moment before a request is sent into the switch to the frame that shows its row, with all other messages
 * in the list too. Rows come ten times a second at most, so half of that is waiting.
 */
export async function measureToScreen(
  socketPath: string,
  { page }: ShownConsole,
  name: string,
): Promise<BenchResult[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = (method: string, path: string, body = ''): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-length': Buffer.byteLength(body) }
      const sent = request({ agent, socketPath, method, path, headers }, (answer) => {
        answer.resume()
        answer.on('end', resolve)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  await send('GET', '/login/bench')
  await send('GET', '/transient/bench')
  await send('GET', `/persistent/${queue}`)
  const times: number[] = []
  let missed = 0
  for (let probe = 0; probe < probes; probe++) {
    const shown = page.evaluate(shownAt, `probe.${probe}.`)
    // The page looks before anything is sent.
    await sleep(150 + Math.random() * 200)
    const before = Date.now()
    await send('POST', `/request/${queue}/bench`, `{"method":"probe.${probe}.","params":[],"id":1}`)
    const at = await shown
    if (at === null) missed++
    else times.push(at - before)
  }
  agent.destroy()
  const sorted = [...times].sort((a, b) => a - b)
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? NaN
  const result = (what: string, value: number): BenchResult => ({
    figure: `${name}: message to screen, ${what}`,
    value,
    unit: 'ms',
    aim: '< 250 ms',
    met: value < 250,
  })
  return [
    result('median', median(sorted)),
    result('95th percentile', p95),
    {
      figure: `${name}: message to screen, slowest of ${sorted.length}`,
      value: sorted.at(-1) ?? NaN,
      unit: 'ms',
    },
    { figure: `${name}: messages that were not shown within 5 s`, value: missed, unit: '' },
  ]
}

/** Runs in the page: when a row first says it, at the end of that frame; null where none does for 5 s. */
function shownAt(text: string): Promise<number | null> {
  return new Promise((resolve) => {
    const given = performance.now() + 5_000
    const look = (): void => {
      const rows = document.querySelectorAll('.message-list .log-row:not([hidden]) > .method')
      const found = Array.from(rows).some((row) => row.textContent.includes(text))
      if (found) requestAnimationFrame(() => resolve(Date.now()))
      else if (performance.now() > given) resolve(null)
      else requestAnimationFrame(look)
    }
    look()
  })
}
