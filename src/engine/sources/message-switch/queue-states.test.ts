import { describe, expect, it } from 'vitest'
import { parseDiagnostics, type Diagnostics } from '../../formats/message-switch'
import { QueueReader } from './queue-states'

const queue = 'org.xen.xapi.storage'
const payload = (method: string): string =>
  JSON.stringify(JSON.stringify({ method, params: ['job R:0123456789ab'] }))
const entry = (id: number, time: number, method: string): string =>
  `[["${queue}",${id}],{"origin":["Name","xapi"],"time":${time},"message":{"payload":${payload(method)},"kind":["Request","xapi"]}}]`
const told = (contents: readonly string[]): Diagnostics =>
  parseDiagnostics(
    Buffer.from(
      `{"start_time":0,"current_time":9000000000,"permanent_queues":{"${queue}":{"queue_contents":[${contents.join()}]}},"transient_queues":{}}`,
    ),
  )

describe('what waits in the queues', () => {
  it('is read once, and again when another message has its number', async () => {
    const queues = new QueueReader()
    const read = async (contents: readonly string[]) =>
      (await queues.read(told(contents), 10_000))[0]?.waiting ?? []
    const [first] = await read([entry(0, 1_000_000_000, 'VDI.attach2')])
    expect(first).toMatchObject({
      id: '0',
      time: 2_000,
      content: { method: 'VDI.attach2', task: 'R:0123456789ab' },
    })
    const [newest, again] = await read([
      entry(1, 2_000_000_000, 'SR.stat'),
      entry(0, 1_000_000_000, 'VDI.attach2'),
    ])
    expect(again?.content).toBe(first?.content)
    expect(newest?.content.method).toBe('SR.stat')
    const [other] = await read([entry(0, 3_000_000_000, 'VDI.attach3')])
    expect(other?.content.method).toBe('VDI.attach3')
  })

  it('lets others have their turn where there is much of it', async () => {
    const contents = Array.from({ length: 20_000 }, (_, at) => entry(20_000 - at, at + 1, `SR.stat${at}`))
    const diagnostics = told(contents)
    let turns = 0
    let done = false
    const count = (): void => {
      turns++
      if (!done) setImmediate(count)
    }
    setImmediate(count)
    const [state] = await new QueueReader().read(diagnostics, 10_000)
    done = true
    expect(state?.waiting.length).toBe(20_000)
    expect(turns).toBeGreaterThan(1)
  })
})
