import { describe, expect, it } from 'vitest'
import { parsePayload, parseTrace, readPayload, readTracePayload, tracePayload } from '.'
import { encodeByteString, fromByteString, parseDebugArgument, type JsonNode } from '.'
import { loadRecording, recordedMessages } from '../../../simulator/message-switch/testing/recordings'

describe('what the trace keeps of a payload', () => {
  const cases: [name: string, sent: string, kept: string][] = [
    ['spaces go', '{ "a" : [ 1 , 2 ] }\n', '{"a":[1,2]}'],
    ['escapes of characters are resolved', '["caf\\u00e9 \\ud83d\\ude00 \\/"]', '["café 😀 /"]'],
    ['DEL is escaped', '["\x7f"]', '["\\u007f"]'],
    ['floats', '[1e3,1.50,-0.0,1e300,1e-7,0.0001]', '[1000.0,1.5,-0.0,1e+300,1e-07,0.0001]'],
    ['duplicate keys stay', '{"a":1, "a":2}', '{"a":1,"a":2}'],
    [
      'an integer that is no int64 makes it text',
      '{ "a": 9223372036854775808 }',
      '{ "a": 9223372036854775808 }',
    ],
    ['text behind the JSON makes it text', '{"a": 1} x', '{"a": 1} x'],
    ['an open string makes it text', '{"a": "b', '{"a": "b'],
    ['255 bytes', 'r'.repeat(255), 'r'.repeat(255)],
    ['256 bytes are cut too', 'r'.repeat(256), `${'r'.repeat(256)}…`],
    ['a long key', `{"${'k'.repeat(300)}":1}`, `{"${'k'.repeat(256)}…":1}`],
  ]
  it.each(cases)('%s', (_, sent, kept) => {
    expect(tracePayload(encodeByteString(sent))).toBe(encodeByteString(kept))
  })

  it('5,000 levels', () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000)
    expect(tracePayload(deep.replaceAll('[', '[ '))).toBe(deep)
  })
})

describe('a payload of the trace', () => {
  it('is marked where it was cut, also within a character', () => {
    for (const text of [
      'x'.repeat(256),
      `{"a":"${'x'.repeat(400)}"}`,
      `["${'x'.repeat(255)}é"]`,
      '"\\n'.repeat(200),
    ]) {
      const kept = tracePayload(encodeByteString(text))
      expect(readTracePayload(kept)).toMatchObject({ truncated: true })
      expect(readPayload(kept)).toMatchObject({ truncated: false })
    }
    const split = readTracePayload(tracePayload(encodeByteString(`["${'x'.repeat(255)}é"]`)))
    expect(split).toEqual({ text: `["${'x'.repeat(255)}\uFFFD…"]`, truncated: true, lossy: true })
  })

  it('is not marked where it ends in an ellipsis of its own', () => {
    for (const text of [
      'wait…',
      '{"a":"wait…"}',
      `{"a":"${'x'.repeat(252)}…"}`,
      `["${'\\"'.repeat(200)}","…"]`,
    ]) {
      expect(readTracePayload(tracePayload(encodeByteString(text))).truncated).toBe(false)
    }
  })

  it('is marked in the recording exactly where more than 255 bytes of a string were sent', () => {
    const recording = loadRecording('s4-payloads')
    const whole = new Map<string, string>()
    let next = 0
    for (const { head, body } of recordedMessages(recording.lines, 'c2s')) {
      if (head.startsWith('POST /request/org.xen.xapi.xenops.classic/')) whole.set(String(next++), body)
    }
    let cut = 0
    for (const { body } of recordedMessages(recording.lines, 's2c').filter((m) =>
      m.body.startsWith('{"events"'),
    )) {
      for (const { traced } of parseTrace(fromByteString(body))) {
        if (traced.type === 'ack' || traced.id.queue !== 'org.xen.xapi.xenops.classic') continue
        const sent = whole.get(String(traced.id.id)) ?? ''
        const strings = sent.startsWith('{')
          ? [...sent.matchAll(/"([^"]*)"/g)].map(([, s]) => s ?? '')
          : [sent]
        const expected = strings.some((string) => string.length >= 256)
        expect(readTracePayload(traced.message.payload).truncated, sent).toBe(expected)
        if (expected) cut += 1
      }
    }
    expect(cut).toBeGreaterThan(40)
  })
})

describe('parsePayload', () => {
  it('a call: named arguments first, positional ones follow, and the task', () => {
    expect(
      parsePayload(
        '{"method":"Bridge.get_all_bonds","params":[{"from_cache":true,"dbg":"x D:0123456789ab"},"b"],"id":2}',
      ),
    ).toMatchObject({
      type: 'call',
      method: 'Bridge.get_all_bonds',
      named: {
        entries: [
          ['from_cache', true],
          ['dbg', 'x D:0123456789ab'],
        ],
      },
      positional: ['b'],
      debug: { text: 'x D:0123456789ab', taskId: 'D:0123456789ab', traceContext: null },
    })
    expect(
      parsePayload('{"method":"balance_memory","params":["Async.VM.start R:7d2a9b1c8e4f"],"id":5}'),
    ).toMatchObject({
      named: null,
      debug: { taskId: 'R:7d2a9b1c8e4f' },
    })
  })

  it('a reply: result or error', () => {
    expect(parsePayload('{"result":["VM_not_found"],"error":null,"id":0}')).toMatchObject({
      type: 'reply',
      failed: false,
    })
    expect(parsePayload('{"result":null,"error":["Does_not_exist",["VM","x"]],"id":0}')).toMatchObject({
      type: 'reply',
      failed: true,
      value: { type: 'list' },
    })
  })

  it('XML-RPC, cut or not', () => {
    expect(
      parsePayload('<?xml version="1.0"?><methodCall><methodName>VDI.attach</methodName><par…'),
    ).toMatchObject({
      type: 'call',
      method: 'VDI.attach',
    })
    const reply = (status: string): string =>
      `<?xml version="1.0"?><methodResponse><params><param><value><struct><member><name>Status</name><value>${status}</value>`
    expect(parsePayload(reply('Success'))).toMatchObject({ type: 'reply', failed: false })
    expect(parsePayload(reply('Failure'))).toMatchObject({ type: 'reply', failed: true })
    expect(parsePayload('<html>')).toMatchObject({ type: 'other' })
  })

  it('keeps digits, duplicate keys and __proto__', () => {
    const payload = parsePayload('{"a":9223372036854775807123,"a":1e3,"__proto__":{"polluted":true}}')
    const number = (text: string): JsonNode => ({ type: 'number', text })
    expect(payload).toMatchObject({
      tree: {
        entries: [
          ['a', number('9223372036854775807123')],
          ['a', number('1e3')],
          ['__proto__', { entries: [['polluted', true]] }],
        ],
      },
    })
    expect({}).not.toHaveProperty('polluted')
  })

  it('what is too deep or too large stays text', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    expect(parsePayload(nested(256))).toMatchObject({ tree: { type: 'list' }, refused: null })
    expect(parsePayload(nested(257))).toMatchObject({ tree: null, refused: 'too-deep' })
    expect(parsePayload(nested(5000))).toMatchObject({ tree: null, refused: 'too-deep' })
    expect(parsePayload(`"${'x'.repeat(16 * 1024 * 1024)}"`)).toMatchObject({
      tree: null,
      refused: 'too-large',
    })
    const deep = nested(300)
    expect(
      parsePayload(
        `{"id":{"method":"inner"},"method":"VDI.deep","params":["job R:0123456789ab\\n{}",${deep}]}`,
      ),
    ).toMatchObject({
      type: 'call',
      method: 'VDI.deep',
      debug: { taskId: 'R:0123456789ab' },
      tree: null,
    })
    const reply = (result: string, error: string): string => `{"result":${result},"error":${error},"id":0}`
    expect(parsePayload(reply(deep, 'null'))).toMatchObject({ type: 'reply', failed: false, tree: null })
    expect(parsePayload(reply('null', deep))).toMatchObject({ type: 'reply', failed: true, tree: null })
    expect(parsePayload(`{"other":[{"method":"inner","error":1}],"deep":${deep}}`)).toMatchObject({
      type: 'other',
      refused: 'too-deep',
    })
    for (const text of [
      '',
      '{',
      '{"a"}',
      '[1,]',
      '{"a":1,}',
      '01',
      'tru',
      '"\\x"',
      '"\\ud800"',
      '"\\ud800\\u0041"',
      '"\\u12"',
      '[1 2]',
      ']',
    ]) {
      expect(parsePayload(text), text).toMatchObject({ refused: 'not-json' })
    }
  })
})

it('a debug argument may carry a trace context', () => {
  expect(parseDebugArgument('VM.start R:7d2a9b1c8e4f\n{"traceparent":"00-1-2-01"}')).toEqual({
    text: 'VM.start R:7d2a9b1c8e4f',
    taskId: 'R:7d2a9b1c8e4f',
    traceContext: '{"traceparent":"00-1-2-01"}',
  })
  expect(parseDebugArgument('dbg').taskId).toBeNull()
  expect(parseDebugArgument('R:7d2a9b1c8e4f0').taskId).toBeNull()
})
