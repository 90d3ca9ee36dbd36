import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packRows } from '@engine/streams/pack-rows'
import type { RowStore } from '@engine/streams/row-store'
import { viewOf } from './stored'

const batchRows = 1_000
const batches = 300

/** Says when a message is there that ends a run; looks at one row of each batch, as a window does. */
const receiver = `
let seen = 0
process.on('message', (message) => {
  if (message === 'end') { process.send(seen); seen = 0; return }
  if (Array.isArray(message)) { seen += message.length; void message[0].text.length }
  else { seen += message.ends.length; void Buffer.from(message.text.subarray(0, message.ends[0])).toString().length }
})
`

/** Rows a second that reach another process: packed as the console sends them, and as objects. */
export async function timeToWindow(store: RowStore): Promise<{ packed: number; objects: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'xcp-bench-'))
  const script = join(directory, 'receiver.cjs')
  writeFileSync(script, receiver)
  const child = fork(script, { serialization: 'advanced' })
  const view = viewOf(store, '')
  while (!view.step(() => false));
  try {
    const rate = async (make: (from: number) => object): Promise<number> => {
      const started = performance.now()
      for (let batch = 0; batch < batches; batch++) {
        await new Promise((resolve) => child.send(make(view.index.first + batch * batchRows), resolve))
      }
      child.send('end')
      await once(child, 'message')
      return (batches * batchRows) / ((performance.now() - started) / 1_000)
    }
    const packed = (from: number): object => packRows(view, from, batchRows, { maxBytes: 4_096 })
    const objects = (from: number): object => {
      const batch = packRows(view, from, batchRows, { maxBytes: 4_096 })
      const text = Buffer.from(batch.text.buffer, batch.text.byteOffset, batch.text.byteLength)
      return Array.from(batch.ends, (end, at) => ({
        stream: batch.streams[at],
        sequence: batch.sequences[at],
        time: batch.times[at],
        level: batch.levels[at],
        text: text.toString('utf8', at === 0 ? 0 : batch.ends[at - 1], end),
      }))
    }
    await rate(packed)
    const rates = { packed: 0, objects: 0 }
    for (let round = 0; round < 3; round++) {
      rates.objects = Math.max(rates.objects, await rate(objects))
      rates.packed = Math.max(rates.packed, await rate(packed))
    }
    return rates
  } finally {
    child.kill()
    view.close()
    rmSync(directory, { recursive: true })
  }
}
