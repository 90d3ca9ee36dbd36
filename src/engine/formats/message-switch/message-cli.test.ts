import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fromByteString, parseDiagnostics, parseTrace, toByteString } from '.'
import { diagnosticsText, readable, tailText } from './testing/message-cli'
import {
  loadRecording,
  recordedBytes,
  recordedMessages,
  recordingsFolder,
  scenarios,
} from '../../../simulator/message-switch/testing/recordings'

/**
 * What we read of a state must be what `message-cli` printed for it. Its own answer of the switch is in the recording,
 * so the state is the very same, and the texts must agree byte for byte.
 *
 * Where `message-cli` lists less than the switch told, the rendering leaves it out by the same rule:
 * - empty queues of replies that a waiting request names are not shown;
 * - in `diagnostics`, arguments and texts are cut at 70 bytes (not with --verbose);
 * - `tail` asks from id 0, so that it shows at most the 16 events that the switch still has;
 * - `tail` divides processing times twice, so that they are always 0.0 below 50 s.
 */
const printedBy = (file: string): string => toByteString(readFileSync(join(recordingsFolder, file)))

const runs = scenarios.flatMap((scenario) =>
  loadRecording(scenario)
    .cli.filter(({ file }) => /\.(diagnostics|tail)\.\d/.test(file))
    .map((run) => ({ scenario, ...run })),
)

describe('message-cli says the same', () => {
  it.each(runs)('$file', ({ scenario, file, started_t: from, ended_t: to }) => {
    const recording = loadRecording(scenario)
    const diagnostics = file.includes('.diagnostics.')
    const answers = recordedMessages(recording.lines, 's2c').filter(
      ({ conn, t, body }) =>
        t >= from - 0.002 &&
        t <= to + 0.002 &&
        recording.connections[String(conn)]?.startsWith(
          `message-cli-${diagnostics ? 'diagnostics' : 'tail'}#`,
        ) &&
        body.startsWith(diagnostics ? '{"start_time"' : '{"events"'),
    )
    expect(answers).toHaveLength(1)
    const body = fromByteString(answers[0]?.body ?? '')
    const ours = diagnostics ? diagnosticsText(parseDiagnostics(body)) : tailText(parseTrace(body))
    expect(readable(ours)).toBe(readable(printedBy(file)))
    expect(ours).toBe(printedBy(file))
  })

  it('for the sample of another run', () => {
    expect(tailText(parseTrace(recordedBytes('trace.json')))).toBe(printedBy('tail.txt'))
    // Asked a moment later, on a connection of its own: its queue came to those of our state.
    const theirs = printedBy('diagnostics.txt').split('\n')
    const ours = diagnosticsText(parseDiagnostics(recordedBytes('diag.json'))).split('\n')
    expect(theirs.filter((line) => !ours.includes(line))).toEqual(['- message-cli:19069'])
  })
})
