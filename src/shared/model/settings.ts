import * as v from 'valibot'
import { savedHost } from './saved-host'

/** Raised only when an older console could no longer read the file; new optional fields do not raise it. */
export const settingsVersion = 1

const budget = (what: string) =>
  v.pipe(
    v.optional(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1_048_576))), null),
    v.description(`Bytes for ${what} of all hosts together; null: the console's default.`),
  )

export const memoryBudgets = v.object({
  rows: budget('log and message rows'),
  series: budget('metrics'),
  messages: budget('pairs of requests and replies'),
})
export type MemoryBudgets = v.InferOutput<typeof memoryBudgets>

/** All that a console remembers between two runs, but for secrets. Published as docs/settings.schema.json. */
export const settings = v.object({
  version: v.literal(settingsVersion),
  hosts: v.optional(v.array(savedHost), []),
  memory: v.optional(memoryBudgets, {}),
})
export type Settings = v.InferOutput<typeof settings>

export const defaultSettings: Settings = v.parse(settings, { version: settingsVersion })
