import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isJsonObject, parseJson, type JsonObject } from '../files'
import { defaultSettings, type Settings } from '@shared/model/settings'
import { checkedSettings, parseSettings, renderSettings, type SettingsDocument } from './document'
import { anySettings, host, settingsWith, strangeFields } from './testing/arbitrary'

const read = (value: unknown): SettingsDocument => {
  const parsed = parseSettings(Buffer.from(JSON.stringify(value)), 'settings.json')
  if (parsed.kind !== 'good') throw new Error(`This is ${parsed.kind}.`)
  return parsed.document
}
const written = (document: SettingsDocument, next: Settings): JsonObject => {
  const value = parseJson(Buffer.from(renderSettings(document, next)))
  if (!isJsonObject(value)) throw new Error('This is no object.')
  return value
}

/** The same object with more fields; a plain spread, because "__proto__" must become a field. */
const withFields = (object: object, fields: object): object =>
  Object.fromEntries([...Object.entries(object), ...Object.entries(fields)])

describe('a settings file', () => {
  it('that is written is read as it was', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const document = read(JSON.parse(renderSettings(read({ version: 1 }), settings)))
        expect(document.settings).toEqual(settings)
        expect(document.warnings).toEqual([])
      }),
    )
  })

  it('may leave out whatever has a default', () => {
    const { id, name, address } = host(1)
    expect(read({ version: 1 }).settings).toEqual(defaultSettings)
    const { settings } = read({
      version: 1,
      hosts: [{ id, name, address: { transport: 'ssh', host: 'xcp1' } }],
    })
    expect(settings.hosts).toEqual([
      {
        id,
        name,
        address,
        group: null,
        via: [],
        authentication: { agent: true, keyFiles: [], password: 'ask' },
        lastUsed: null,
        connectOnStart: false,
      },
    ])
  })

  it('keeps the fields that this version does not know, at every depth, through any change', () => {
    const everywhere = (settings: Settings, more: object): object =>
      withFields(
        {
          ...settings,
          hosts: settings.hosts.map((one) =>
            withFields(
              {
                ...one,
                address: withFields(one.address, more),
                authentication: withFields(one.authentication, more),
                via: one.via.map((jump) => withFields(jump, more)),
              },
              more,
            ),
          ),
          memory: withFields(settings.memory, more),
        },
        more,
      )
    fc.assert(
      fc.property(anySettings, strangeFields, fc.boolean(), (settings, more, change) => {
        const document = read(everywhere(settings, more))
        expect(document.settings).toEqual(settings)
        const next = change
          ? {
              ...settings,
              memory: { ...settings.memory, rows: 7_000_000 },
              hosts: settings.hosts.map((one) => ({ ...one, lastUsed: 5, name: 'renamed' })).reverse(),
            }
          : settings
        expect(written(document, next)).toEqual(JSON.parse(JSON.stringify(everywhere(next, more))))
      }),
    )
  })

  it('forgets the unknown fields of what is removed or replaced', () => {
    const [first, second] = [host(1), host(2, { via: [{ host: 'a', port: null, user: null }] })]
    const document = read({
      version: 1,
      hosts: [
        { ...first, extra: 1 },
        { ...second, via: [{ host: 'a', extra: 1 }] },
      ],
    })
    const next = settingsWith({ ...second, via: [{ host: 'b', port: null, user: null }] })
    expect(written(document, next)['hosts']).toEqual(next.hosts)
  })

  it('with hosts that are not valid gives the others, names these, and keeps them', () => {
    const bad = [
      { ...host(2), name: 7 },
      { ...host(3), address: { transport: 'ssh', host: '-oProxyCommand=x' } },
      { ...host(4), authentication: { password: 'hunter2' } },
      { ...host(1), name: 'same id' },
      { ...host(5), address: { transport: 'carrier pigeon' } },
      { ...host(6), id: 'hunter2' },
      { ...host(7), via: [host(1).address, host(1).address, host(1).address] },
      { ...host(8), name: 'direction \u202e changes' },
      'no host',
      null,
    ]
    const document = read({ version: 1, hosts: [host(1), ...bad, host(9)] })
    expect(document.settings).toEqual(settingsWith(host(1), host(9)))
    expect(document.warnings.map(({ message, where }) => [message, where])).toEqual([
      ['A saved host is not valid: name: expected string.', 'settings.json: hosts[1].name'],
      [
        'The saved host "host 3" is not valid: address.host: expected a host name, or an address without brackets.',
        'settings.json: hosts[2].address.host',
      ],
      [
        'The saved host "host 4" is not valid: authentication.password: expected ("ask" | "never").',
        'settings.json: hosts[3].authentication.password',
      ],
      ['The saved host "same id" is not valid: id: another host has the same.', 'settings.json: hosts[4].id'],
      [
        'The saved host "host 5" is not valid: address.transport: expected "ssh".',
        'settings.json: hosts[5].address.transport',
      ],
      ['The saved host "host 6" is not valid: id: expected a UUID.', 'settings.json: hosts[6].id'],
      [
        expect.stringMatching(/^The saved host "host 7" is not valid: via: .*<=2/),
        'settings.json: hosts[7].via',
      ],
      [
        'The saved host "direction \u202e changes" is not valid: name: expected a text without control characters.',
        'settings.json: hosts[8].name',
      ],
      ['A saved host is not valid: expected Object.', 'settings.json: hosts[9]'],
      ['A saved host is not valid: expected Object.', 'settings.json: hosts[10]'],
    ])
    const next = settingsWith(host(9, { lastUsed: 5 }))
    expect(written(document, next)['hosts']).toEqual([...next.hosts, ...bad])
  })

  it('with budgets that are not valid uses the defaults, and keeps them until they are changed', () => {
    const document = read({ version: 1, hosts: [host(1)], memory: { rows: 5, later: true } })
    expect(document.settings).toEqual(settingsWith(host(1)))
    expect(document.warnings).toMatchObject([{ where: 'settings.json: memory.rows' }])
    expect(written(document, settingsWith(host(2)))['memory']).toEqual({ rows: 5, later: true })
    const changed = { ...settingsWith(host(1)), memory: { rows: null, series: 2_000_000, messages: null } }
    expect(written(document, changed)['memory']).toEqual({ ...changed.memory, later: true })
  })

  it.each([
    ['', 'It is not valid JSON'],
    ['{"version":1', 'It is not valid JSON'],
    ['[]', 'It holds no JSON object.'],
    ['null', 'It holds no JSON object.'],
    ['{}', 'It does not say its version.'],
    ['{"version":"1"}', 'It does not say its version.'],
    ['{"version":0}', 'It does not say its version.'],
    ['{"version":1.5}', 'It does not say its version.'],
    ['{"version":1,"hosts":{}}', 'Its "hosts" are no list.'],
    ['\0'.repeat(100), 'It is not valid JSON'],
  ])('%j is damaged', (text, reason) => {
    const parsed = parseSettings(Buffer.from(text), 'settings.json')
    expect(parsed).toMatchObject({ kind: 'corrupt', reason: expect.stringContaining(reason) as unknown })
  })

  it('of a newer console is told from a damaged one', () => {
    const parsed = parseSettings(Buffer.from('{"version":2,"hosts":{"else":1}}'), 'settings.json')
    expect(parsed).toEqual({ kind: 'newer', version: 2 })
  })

  it('of any content whatsoever is read or judged, without an exception', () => {
    const almost = fc.record(
      {
        version: fc.oneof(fc.constant(1), fc.jsonValue()),
        hosts: fc.oneof(
          fc.array(fc.oneof(fc.jsonValue(), fc.constant(host(1)), strangeFields)),
          fc.jsonValue(),
        ),
        memory: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    const content = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      almost.map((value) => Buffer.from(JSON.stringify(value))),
    )
    fc.assert(
      fc.property(content, (bytes) => {
        const parsed = parseSettings(bytes, 'settings.json')
        if (parsed.kind !== 'good') return
        const { settings } = parsed.document
        // Whatever was read can be written, and reads the same with the same warnings.
        const again = parseSettings(Buffer.from(renderSettings(parsed.document, settings)), 'settings.json')
        expect(again).toMatchObject({ kind: 'good', document: { settings } })
        if (again.kind !== 'good') return
        expect(again.document.warnings).toHaveLength(parsed.document.warnings.length)
      }),
      { numRuns: 500 },
    )
  })
})

describe('what a change made', () => {
  it('is frozen, and refused with the path of what is wrong in it', () => {
    const good = checkedSettings(settingsWith(host(1)))
    expect(Object.isFrozen(good.hosts[0]?.address)).toBe(true)
    const bad = settingsWith(
      host(1),
      host(2, { address: { transport: 'ssh', host: 'a b', port: 22, user: null } }),
    )
    expect(() => checkedSettings(bad)).toThrow(
      expect.objectContaining({ code: 'bad-request', where: 'settings.hosts.1.address.host' }),
    )
    expect(() => checkedSettings(settingsWith(host(1), host(1)))).toThrow(
      expect.objectContaining({ code: 'bad-request', where: host(1).id }),
    )
  })
})
