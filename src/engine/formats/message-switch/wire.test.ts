import { describe, expect, it } from 'vitest'
import { fromByteString, parseDiagnostics, parseTrace, printDiagnostics, printTrace } from '.'
import { toByteString, tracePayload } from '.'
import {
  loadRecording,
  recordedBytes,
  recordedMessages,
  scenarios,
} from '../../../simulator/message-switch/testing/recordings'

const isTrace = (body: string): boolean => body.startsWith('{"events":')
const isDiagnostics = (body: string): boolean => body.startsWith('{"start_time":')

describe.each(scenarios)('%s', (scenario) => {
  const recording = loadRecording(scenario)
  const answers = recordedMessages(recording.lines, 's2c')

  it('every trace and every diagnostics is read, and printed again byte for byte', () => {
    const traces = answers.filter(({ body }) => isTrace(body))
    const diagnostics = answers.filter(({ body }) => isDiagnostics(body))
    expect(traces.length + diagnostics.length).toBeGreaterThan(5)
    for (const { body } of traces) expect(printTrace(parseTrace(fromByteString(body)))).toBe(body)
    for (const { body } of diagnostics) {
      expect(printDiagnostics(parseDiagnostics(fromByteString(body)))).toBe(body)
    }
  })

  it('each payload in the trace is what was sent, as the switch keeps it', () => {
    const sent = new Set<string>()
    for (const { head, body } of recordedMessages(recording.lines, 'c2s')) {
      if (/^POST \/(request|response)\//.test(head)) sent.add(tracePayload(body))
    }
    const events = answers
      .filter(({ body }) => isTrace(body))
      .flatMap(({ body }) => parseTrace(fromByteString(body)))
    for (const { traced } of events) {
      if (traced.type === 'message') expect(sent).toContain(traced.message.payload)
    }
  })
})

it('the sample of another run is printed again byte for byte', () => {
  const trace = recordedBytes('trace.json')
  const diagnostics = recordedBytes('diag.json')
  expect(printTrace(parseTrace(trace))).toBe(toByteString(trace).trimEnd())
  expect(printDiagnostics(parseDiagnostics(diagnostics))).toBe(toByteString(diagnostics).trimEnd())
})

describe('what does not fit a number', () => {
  const trace =
    '{"events":[[9223372036854775807,{"time":1795342597.9251661,"queue":"q","output":"xapi:1",' +
    '"message":["Message",["q",9007199254740993],{"payload":"{\\"id\\":9007199254740993}",' +
    '"kind":["Response",["r",9007199254740995]]}],"processing_time":9000000000000000001}]]}'

  it('ids and nanoseconds are exact', () => {
    const [event] = parseTrace(Buffer.from(trace))
    expect(event).toMatchObject({
      id: 9223372036854775807n,
      processingTime: 9000000000000000001n,
      traced: {
        id: { queue: 'q', id: 9007199254740993n },
        message: {
          payload: '{"id":9007199254740993}',
          kind: { type: 'response', to: { queue: 'r', id: 9007199254740995n } },
        },
      },
    })
    expect(printTrace(parseTrace(Buffer.from(trace)))).toBe(trace)
  })

  it('a float with many digits stays a float', () => {
    expect(parseTrace(Buffer.from(trace.replace('.9251661', '.92516612345678901234')))[0]?.time).toBeCloseTo(
      1795342597.925166,
      5,
    )
  })
})

describe('what another version might print', () => {
  it('floats without a digit behind the point, null for what is absent, numbers as texts', () => {
    const told =
      '{"events":[["7",{"time":1795342597.,"input":null,"queue":"a 1.","message":["Ack",["q","3"]],"processing_time":null}]]}'
    expect(parseTrace(Buffer.from(told))).toEqual([
      {
        id: 7n,
        time: 1_795_342_597,
        input: null,
        queue: 'a 1.',
        output: null,
        traced: { type: 'ack', id: { queue: 'q', id: 3n } },
        processingTime: null,
      },
    ])
  })
})

describe('what is not as expected is refused with its place', () => {
  const failures: [name: string, read: () => unknown, where: string][] = [
    ['no JSON', () => parseTrace(Buffer.from('<html>')), 'trace'],
    ['another JSON', () => parseTrace(Buffer.from('[]')), 'trace'],
    ['no list', () => parseTrace(Buffer.from('{"events":{}}')), 'trace.events'],
    ['an event without time', () => parseTrace(Buffer.from('{"events":[[0,{}]]}')), 'trace.events[0]'],
    [
      'an id that is no integer',
      () => parseTrace(Buffer.from('{"events":[[1.5,{"time":1}]]}')),
      'trace.events[0]',
    ],
    [
      'an unknown kind',
      () =>
        parseTrace(
          Buffer.from(
            '{"events":[[0,{"time":1,"queue":"q","message":["Message",["q",0],{"payload":"","kind":["New",1]}]}]]}',
          ),
        ),
      'trace.events[0]',
    ],
    ['nothing', () => parseDiagnostics(Buffer.from('')), 'diagnostics'],
    ['an empty object', () => parseDiagnostics(Buffer.from('{}')), 'diagnostics.start_time'],
    [
      'a queue without contents',
      () =>
        parseDiagnostics(
          Buffer.from('{"start_time":0,"current_time":1,"permanent_queues":{"q":{}},"transient_queues":{}}'),
        ),
      'diagnostics.permanent_queues.q.queue_contents',
    ],
  ]
  it.each(failures)('%s', (_, read, where) => {
    try {
      read()
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-data', where })
    }
  })
})

it('a queue may be named like a property of every object', () => {
  const body =
    '{"start_time":0,"current_time":1,"permanent_queues":{"__proto__":{"queue_contents":[]}},"transient_queues":{}}'
  expect(printDiagnostics(parseDiagnostics(Buffer.from(body)))).toBe(body)
})
