import { describe, expect, it } from 'vitest'
import type { ByteString } from '@engine/formats/message-switch'
import {
  loadRecording,
  recordedMessages,
  scenarios,
  type RecordedLine,
  type RecordedMessage,
} from './testing/recordings'
import { comparable } from './testing/compare'
import { Replay } from './testing/replay'

/**
 * The bytes that clients sent to the real switch go to the simulated one. It must answer the same, but for times:
 * those differ, and with them the number of their digits and so the length of a body.
 */
const split = (output: ByteString): RecordedMessage[] =>
  recordedMessages(
    [{ t: 0, conn: 0, dir: 's2c', bytes: Buffer.from(output, 'latin1').toString('base64'), by: '' }],
    's2c',
  )

const closedBy = (lines: readonly RecordedLine[], conn: number): string | undefined =>
  lines.find((line) => line.conn === conn && line.dir === 'close' && line.by !== 'client-half')?.by

describe.each(scenarios)('%s', (scenario) => {
  const recording = loadRecording(scenario)
  const replay = new Replay(recording)
  replay.run()
  const recorded = recordedMessages(recording.lines, 's2c')
  const connections = Object.entries(recording.connections).map(([id, name]) => ({ id: Number(id), name }))

  it('every request that was answered is ready by then', () => {
    expect(replay.unready.map(({ t, conn }) => `${conn} at ${t}`)).toEqual([])
  })

  it('answers are the same', () => {
    let compared = 0
    for (const { id, name } of connections) {
      const ours = split(replay.client(id).output).map(comparable)
      const theirs = recorded.filter(({ conn }) => conn === id).map(comparable)
      for (const [index, answer] of theirs.entries()) {
        expect(ours[index], `${name}, answer ${index}`).toEqual(answer)
        compared += 1
      }
      // What was answered to a client that had gone is in no recording.
      if (closedBy(recording.lines, id) !== 'client') expect(ours.length, name).toBe(theirs.length)
    }
    expect(compared).toBe(recorded.length)
    expect(compared).toBeGreaterThan(20)
  })

  // There the end of the whole switch closed them.
  if (scenario === 's7-restart') return
  it('the switch ends the same connections', () => {
    for (const { id, name } of connections) {
      const by = closedBy(recording.lines, id)
      if (by === 'server') expect(replay.client(id).ended, name).toBe(true)
      // Until then the switch has not ended it: all that was recorded came.
      if (by === undefined) expect(replay.client(id).ended, name).toBe(false)
    }
  })
})
