import fc from 'fast-check'
import { parse } from 'valibot'
import { savedHost, type SavedHost } from '@shared/model/saved-host'
import { defaultSettings, settingsVersion, type Settings } from '@shared/model/settings'

/** A host with all that is not given as it is by default. */
export const host = (number: number, fields: Partial<SavedHost> = {}): SavedHost => ({
  ...parse(savedHost, {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    name: `host ${number}`,
    address: { transport: 'ssh', host: `xcp${number}` },
  }),
  ...fields,
})

export const settingsWith = (...hosts: SavedHost[]): Settings => ({ ...defaultSettings, hosts })

const name = fc.stringMatching(/^[\w.:%+=~^][\w.:%+=~^-]{0,20}$/)
const endpoint = {
  host: name,
  port: fc.option(fc.integer({ min: 1, max: 65_535 })),
  user: fc.option(fc.stringMatching(/^[\w\\@.][\w\\@.-]{0,10}$/)),
}
const label = fc
  .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
  .map((text) => `x${text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')}`)

const anyHost: fc.Arbitrary<SavedHost> = fc.record({
  id: fc.uuid(),
  name: label,
  group: fc.option(label),
  address: fc.record({ transport: fc.constant('ssh' as const), ...endpoint }),
  via: fc.array(fc.record(endpoint), { maxLength: 2 }),
  authentication: fc.record({
    agent: fc.boolean(),
    keyFiles: fc.array(label, { maxLength: 3 }),
    password: fc.constantFrom('ask' as const, 'never' as const),
  }),
  lastUsed: fc.option(fc.nat()),
  connectOnStart: fc.boolean(),
})

const budget = fc.option(fc.integer({ min: 1_048_576 }))

export const anySettings: fc.Arbitrary<Settings> = fc.record({
  version: fc.constant(settingsVersion),
  hosts: fc.uniqueArray(anyHost, { maxLength: 5, selector: ({ id }) => id }),
  memory: fc.record({ rows: budget, series: budget, messages: budget }),
})

/** Fields that no version of the console knows. */
export const strangeFields = fc.dictionary(
  fc.oneof(
    fc.string({ maxLength: 8 }).map((key) => `x-${key}`),
    fc.constantFrom('__proto__', 'constructor', 'toString'),
  ),
  fc.jsonValue({ maxDepth: 3 }),
  { maxKeys: 3 },
)
